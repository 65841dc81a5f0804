"""Instructions a record, counted by callgrind, against the budgets of the repository.

A time wavers with the machine, a count hardly: the same program on the same input takes the same instructions. What
differs between toolchains, libraries and processors is in the budgets' file too; where it differs, nothing is judged.
"""
import json, os, pathlib, re, shutil, subprocess, sys

from . import machine
from .programs import TOP, built, run, trouble

BUDGETS = str(TOP / "Deploy" / "lib" / "bench" / "budgets.json")
# What a count may be over its budget.
TOLERANCE = 0.05
RECORDS = 20_000
BATCH = 500
# Passes over which a stage's instructions are averaged.
PASSES = 2

# The same hashes each time.
STEADY = {"SWIFT_DETERMINISTIC_HASHING": "1"}


class Counter:
    def __init__(self, scratch, binaries):
        self.scratch = scratch
        for tool, package in (("valgrind", "valgrind"), ("strip", "binutils")):
            if not shutil.which(tool):
                trouble(f"there is no {tool}; Deploy/prepare --tests installs {package}")
        folder = pathlib.Path(binaries).resolve() if binaries else tested_build()
        # valgrind cannot read the debug information that Swift writes.
        self.program = scratch / "bench"
        run("strip", "--strip-debug", "-o", self.program, folder / "bench")

    def count(self, *words):
        """The instructions of one run of our program, those of its start among them."""
        out = self.scratch / "callgrind"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", self.program, *words]
        run(*command, env=os.environ | STEADY)
        found = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)
        if not found:
            trouble(f"callgrind counted nothing of `bench {' '.join(str(w) for w in words)}`")
        return int(found.group(1))

    def more(self, *words):
        """The instructions of one pass more, by the difference that further passes make."""
        return (self.count(*words, "--runs", 1 + PASSES) - self.count(*words, "--runs", 1)) / PASSES


def tested_build():
    """The build that Deploy/test makes, so that its check and this command count the same program."""
    os.environ["SETTLED_TEST_BUILD"] = "1"
    return built()


def counted(scratch, binaries):
    """Instructions a record, by stage."""
    counter = Counter(scratch, binaries)
    found = {}
    for form in ("ndjson", "csv"):
        file = scratch / f"batch.{form}"
        run(counter.program, "workload", "--records", RECORDS, "--form", form, file)
        found[f"scanner, {form}"] = counter.more("scan", file) / RECORDS
    batch = scratch / "small.ndjson"
    run(counter.program, "workload", "--records", BATCH, "--form", "ndjson", batch)
    found["signature verification"] = counter.more("verify", batch) / BATCH
    found["engine"] = counter.more("engine", "--records", RECORDS) / RECORDS
    shape = ["--records", RECORDS, "--callers", 1]
    whole = counter.count("intake", *shape, scratch / "data")
    found["intake"] = (whole - counter.count("intake", *shape, "--dry", scratch / "dry")) / RECORDS
    whole = counter.count("close", scratch / "data")
    found["close"] = (whole - counter.count("close", scratch / "dry")) / RECORDS
    return found


def check(scratch, binaries, budgets, is_setting):
    """Prints what was counted beside the budgets; 1 when one is over, 0 otherwise."""
    here = machine.toolchain() | {"processor": features()}
    found = counted(scratch, binaries)
    path = pathlib.Path(budgets)
    if is_setting:
        kept = {"counted with": here, "instructions a record": {n: round(c, 1) for n, c in found.items()}}
        path.write_text(json.dumps(kept, indent=4) + "\n")
        print(f"bench: the budgets in {path.name} are what was counted now", file=sys.stderr)
    kept = json.loads(path.read_text())
    other = [f"{name} {here.get(name)}, not {said}" for name, said in kept["counted with"].items()
             if here.get(name) != said]
    over = shown(found, kept["instructions a record"], judged=not other)
    if other:
        print(f"NOT JUDGED: the budgets are of another machine or toolchain ({'; '.join(other)}).\n"
              "`Deploy/bench --instructions --set` makes budgets of this one's counts.")
        return 0
    if over:
        print(f"bench: over budget by more than {TOLERANCE:.0%}: {', '.join(over)}. Where it is worth that, "
              "`Deploy/bench --instructions --set` makes the new counts the budgets.", file=sys.stderr)
    return 1 if over else 0


def shown(found, budgets, judged):
    """The table; gives the stages that are over their budgets."""
    over = []
    print(f"\n{'instructions a record':26}{'counted':>12}{'budget':>12}{'change':>9}")
    for name in dict.fromkeys([*found, *budgets]):
        count, budget = found.get(name), budgets.get(name)
        if count is None or budget is None:
            over.append(name)
            print(f"{name:26}{'–' if count is None else f'{count:,.1f}':>12}{'no budget' if budget is None else 'GONE':>12}")
            continue
        change = count / budget - 1
        verdict = ""
        if change > TOLERANCE:
            over.append(name)
            verdict = "  OVER" if judged else ""
        print(f"{name:26}{count:12,.1f}{budget:12,.1f}{change:9.1%}{verdict}")
    print()
    return over


def features():
    """What the processor has that libraries choose their code by."""
    known = ("avx", "avx2", "bmi2", "adx", "sha_ni", "avx512f")
    for line in machine.lines("/proc/cpuinfo"):
        if line.startswith("flags"):
            flags = set(line.split(":", 1)[1].split())
            return " ".join(name for name in known if name in flags)
    return "unknown"
