"""The stages of one round. Each runs ours and what it is held against, in turn, and gives samples by row."""
import json, pathlib, shutil, statistics, tempfile, time

from .programs import Absent, Daemon, SHARED, rate, run
from .rows import Sizes


class Round:
    """One pass through the stages, with what they share: settled once, a workload is not settled again."""

    def __init__(self, programs, records):
        self.programs, self.sizes = programs, Sizes(records)
        self.scratch = programs.scratch
        self.known = {}
        # For the growth curves, and what a reader of the table should know besides.
        self.curves, self.notes = {}, []

    def fresh(self, name):
        """The path of a folder or file that is not there."""
        path = self.scratch / name
        shutil.rmtree(path, ignore_errors=True)
        for left in self.scratch.glob(name + "*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        return path

    def once(self, name, work):
        if name not in self.known:
            self.known[name] = work()
        return self.known[name]

    @property
    def batch(self):
        """Records a batch: 500, fewer only in a run too small for each merchant to fill some."""
        return min(500, max(1, self.sizes.main // 200))

    def intake(self, records, folder, *shape):
        return self.programs.ours("intake", "--records", records, "--batch", self.batch, *shape, folder)

    def settled(self, records, *shape):
        """Intake and close of so many records, each in a process of its own, and what the close says."""
        def work():
            folder, closing = self.fresh("data"), self.fresh("closing.json")
            found = {"intake": self.intake(records, folder, *shape)}
            found["close"] = self.programs.ours("close", "--closing", closing, folder)
            found["matrix"] = matrix_digest(json.loads(closing.read_text()))
            self.fresh("data")
            return found
        return self.once(("settled", records, shape), work)

    def plain(self, records):
        """The same records as the limits and peers read them."""
        def work():
            path = self.fresh(f"plain-{records}.ndjson")
            self.programs.workload("--records", records, path)
            return path
        return self.once(("plain", records), work)

    def ingest_limit(self):
        def work():
            words = [self.plain(self.sizes.main), "ed25519", "e", 2, 16, self.fresh("limit.db")]
            return rate(self.programs.limit("ingest_limit", *words))
        return self.once("ingest", work)

    def settle_limit(self):
        def work():
            base = self.fresh("settle.db")
            self.programs.limit("sqlite_limit", "d", "random", self.sizes.main, 256, 0, 1, base, "keep")
            found = rate(self.programs.limit("settle_limit", "db", base, "merge"))
            self.fresh("settle.db")
            return found
        return self.once("settle", work)


def pair(ours, limit=None, wrong=None):
    sample = {"ours": ours} if limit is None else {"ours": ours, "limit": limit}
    return sample | ({"wrong": wrong} if wrong else {})


def held(ours, limit):
    """A sample against a limit; where there is none, ours alone and the reason."""
    try:
        return pair(ours, limit())
    except Absent as absent:
        return pair(ours) | {"reason": str(absent)}


def settle(round):
    records = round.sizes.main
    found = round.settled(records)
    return {
        "intake": held(records / found["intake"]["seconds"], round.ingest_limit),
        "bytes": written(found["intake"]),
        "close": held(records / found["close"]["seconds"], round.settle_limit),
    }


def written(intake):
    if intake["bytes_written"] == 0:
        return Absent("nothing was written to a device: --scratch has to name a folder on a disk")
    return pair(intake["bytes_written"] / intake["records"])


def served(round, *words):
    """A fresh daemon under load: what the clients saw."""
    folder = round.fresh("served")
    founded = round.programs.ours("found", folder)
    records = round.sizes.main
    with Daemon(round.programs, folder, founded["now"]) as daemon:
        seen = round.programs.ours(
            "http", "--records", records, "--batch", round.batch, *words, daemon.port)
    round.fresh("served")
    return seen


def http(round):
    seen = served(round)
    round.notes.append(
        f"http: the clients used {seen['client_cpu_seconds']:.2f} s of processor time in {seen['seconds']:.2f} s")
    return {"http": held(seen["records"] / seen["seconds"], round.ingest_limit)}


def reads(round):
    seen = served(round, "--pause", 2)
    round.notes.append(
        f"read: GET {seen['read_path']}, {seen['reads']} times, median {seen['read_p50_seconds'] * 1e3:.2f} ms")
    return {"read": pair(seen["read_p99_seconds"] * 1e3)}


def scan(round):
    records = round.sizes.main

    def limit():
        said = round.programs.limit("scan_limit", round.plain(records), 3)
        return float(said.split("any-order")[-1].split("MB/s")[1].split()[0])
    samples = {}
    for form in ("ndjson", "csv"):
        file = round.fresh(f"batch.{form}")
        round.programs.workload("--records", records, "--form", form, file)
        found = round.programs.ours("scan", file)
        samples[f"scan-{form}"] = held(found["records"] / found["seconds"], lambda: round.once("scan", limit))
        file.unlink()
    return samples


def large(round):
    """Ten times the records, in one data folder: taken in, opened by the daemon, closed."""
    large, small = round.sizes.large, round.sizes.small
    folder = round.fresh("large")
    taken = round.intake(large, folder, "--parts", 10)
    with Daemon(round.programs, folder, taken["now"]) as daemon:
        ready = daemon.seconds
        late = ["--records", 500, "--seed", 2, "--sequence", 1_000_000]
        first = round.programs.ours("http", *late, "--clients", 1, daemon.port)["first_seconds"]
    closed = round.programs.ours("close", folder)
    round.fresh("large")
    # A small workload is over in a moment: the middle one of five.
    smalls = []
    for _ in range(5):
        round.known.pop(("settled", small, ()), None)
        smalls.append(round.settled(small))
    middle = {name: statistics.median(s[name]["seconds"] for s in smalls) / small for name in ("intake", "close")}
    note_curves(round, taken, closed, middle)
    return {
        "growth": growth(taken["parts"]),
        "close-memory": pair(closed["memory"] / 1e6),
        "intake-flat": pair(taken["seconds"] / large * 1e6, middle["intake"] * 1e6),
        "close-flat": pair(closed["seconds"] / closed["records"] * 1e6, middle["close"] * 1e6),
        "start": pair(ready), "first": pair(first),
    }


def growth(tenths):
    rates = [tenth["records"] / tenth["seconds"] for tenth in tenths]
    return pair(rates[-1], rates[0]) if rates[0] > 0 else Absent("the first tenth fills no batch")


def note_curves(round, taken, closed, middle):
    """What the growth curves are drawn from."""
    sizes = round.sizes
    done = 0
    round.curves["tenths"] = []
    for tenth in taken["parts"]:
        done += tenth["records"]
        if tenth["records"]:
            round.curves["tenths"].append([done, tenth["records"] / tenth["seconds"]])
    main = round.settled(sizes.main)
    for name, figures in (("intake", taken), ("close", closed)):
        round.curves[name] = [
            [sizes.small, middle[name] * 1e6], [sizes.main, main[name]["seconds"] / sizes.main * 1e6],
            [sizes.large, figures["seconds"] / figures["records"] * 1e6]]


def peers(round):
    return {"python": absent_or(python, round), "beancount": absent_or(beancount, round),
            "hledger": absent_or(hledger, round)}


def absent_or(work, round):
    try:
        return work(round)
    except Absent as absent:
        return absent


def python(round):
    records = round.sizes.main
    return compared(round, records, round.programs.peer("orjson", "peer_python.py", "orjson", round.plain(records)))


def beancount(round):
    records = round.sizes.small
    return compared(round, records, round.programs.peer("beancount", "peer_beancount.py", round.plain(records)))


def compared(round, records, said):
    """Ours against a peer that can do the whole job: it has to come to the same points, issuer by redeemer."""
    digest = said.split("digest=")[1].split()[0]
    found = round.settled(records)
    wrong = None
    if digest != found["matrix"]:
        wrong = f"the results differ: our matrix has the digest {found['matrix']}, theirs {digest}"
    return pair(whole_rate(found), rate(said), wrong)


def hledger(round):
    records = round.sizes.small
    program = round.programs.hledger()
    writer = round.programs.limit_folder() / "peers" / "journal.py"
    journal = round.fresh("peers.journal")
    journal.write_text(run("python3", writer, round.plain(records)))
    begin = time.perf_counter()
    run(program, "-f", journal, "balance", "issued", "redeemed")
    seconds = time.perf_counter() - begin
    return pair(whole_rate(round.settled(records)), records / seconds)


def whole_rate(found):
    return found["intake"]["records"] / (found["intake"]["seconds"] + found["close"]["seconds"])


def matrix_digest(closing):
    """FNV-1a of the lines `issuer,redeemer,points` by number, as the peers print it."""
    rows = sorted((int(r["issuer"][1:]), int(r["redeemer"][1:]), r["points"]) for r in closing["matrix"])
    digest = 1469598103934665603
    for byte in "".join(f"{i},{r},{p}\n" for i, r, p in rows).encode():
        digest = ((digest ^ byte) * 1099511628211) & (2**64 - 1)
    return f"{digest:016x}"


def simulate(round):
    data = SHARED / "data" / "x5"
    if not data.is_dir():
        return {"simulate": Absent("the X5 ledger is not there: ../shared/data is not beside this clone")}
    words = [round.programs.settled, "simulate", "--alliance", data / "alliance-year.yaml", "--records",
             data / "records.csv", "--through", "2019-03", "--out"]
    times = []
    for _ in range(5):
        # A folder of its own each, removed with all others in the end: ext4 looks for a while after files that were
        # deleted in the last seconds whenever it makes one.
        out = pathlib.Path(tempfile.mkdtemp(prefix="x5-", dir=round.scratch))
        begin = time.perf_counter()
        run(*words, out)
        times.append(time.perf_counter() - begin)
    return {"simulate": pair(statistics.median(times))}


VARIANTS = {"zipf": ["--zipf"], "reversals": ["--reversals", 50], "expiring": ["--expiring"]}


def variants(round):
    records = round.sizes.main
    plain = round.settled(records)
    samples = {}
    for name, shape in VARIANTS.items():
        found = round.settled(records, *shape)
        for part in ("intake", "close"):
            samples[f"{name}-{part}"] = pair(records / found[part]["seconds"], records / plain[part]["seconds"])
    return samples


STAGES = {stage.__name__: stage for stage in (settle, http, reads, scan, large, peers, simulate, variants)}
