"""Merchants that leave files in the spool, however an upload leaves them; each has to end in one result."""
import json, pathlib, random, threading, time
from .clients import make_batch

ENDINGS = [".ndjson", ".ndjson.jws"]


class Depositor(threading.Thread):
    def __init__(self, number, seed, daemon, ledger, merchant, keys, sequences, ending, spool):
        super().__init__(daemon=True)
        self.random = random.Random(f"{seed}-spool-{number}")
        self.number, self.host, self.ledger, self.merchant = number, daemon, ledger, merchant
        self.key, self.sequences, self.ending = keys[merchant], sequences, ending
        self.other = next(key for name, key in keys.items() if name != merchant)
        self.home = pathlib.Path(spool) / merchant
        self.made = 0
        # By the stem of their file: batches, and the code that others are to be refused with.
        self.good, self.bad = {}, {}

    def run(self):
        while not self.ending.is_set():
            self.host.up.wait(timeout=1)
            self.made += 1
            stem = self.random.choice(["", "Kasse 1 ", "März "]) + f"s{self.number}-{self.made}"
            self.leave_bad(stem) if self.random.random() < 0.1 else self.leave_good(stem)
            self.ledger.count("files left in the spool")
            time.sleep(self.random.random() / 10)

    def leave_good(self, stem):
        batch = make_batch(
            self.merchant, f"s{self.number}-{self.made}", self.random.choice([1, 20, 500]), self.key, self.sequences,
            self.random)
        self.ledger.add(batch)
        self.good[stem] = batch
        self.leave(stem, batch.body, batch.signature)

    def leave_bad(self, stem):
        """What is refused for what it is, or for who signed it."""
        body = b"no batch at all\n"
        key, code = self.random.choice([(self.key, "malformed"), (self.other, "merchant_mismatch")])
        self.bad[stem] = code
        self.leave(stem, body, key.sign(body))

    def leave(self, stem, body, signature):
        """In any order, in parts, under other names first. A name that is not whole stands without its signature."""
        inbox, parts = self.home / "in", [(ENDINGS[0], body), (ENDINGS[1], signature.encode())]
        way = self.random.choice(["whole", "parts", "renamed"])
        if way == "renamed":
            self.random.shuffle(parts)
        for ending, content in parts:
            target = inbox / (stem + ending)
            place = target.with_name(target.name + ".part") if way == "renamed" else target
            with open(place, "wb") as file:
                half = len(content) // 2 if way != "whole" else len(content)
                file.write(content[:half])
                file.flush()
                if half < len(content):
                    time.sleep(self.random.random() / 50)
                    file.write(content[half:])
            if place != target:
                place.rename(target)

    def finish(self):
        """Waits until all has its result, and holds each against what was left."""
        for _ in range(1200):
            if not (left := self.left()):
                break
            time.sleep(0.1)
        else:
            self.ledger.fault(f"in the spool of {self.merchant} {len(left)} files have no result: {left[:3]}")
        for stem, batch in self.good.items():
            self.check(stem, "done", batch.body, ".receipt.json")
            if (receipt := self.home / "done" / f"{stem}.receipt.json").exists():
                seal = pathlib.Path(f"{receipt}.seal").exists()
                self.ledger.received(batch, 200, receipt.read_bytes(), pathlib.Path(f"{receipt}.jws").read_text().strip())
                if not seal:
                    self.ledger.fault(f"the receipt of {stem} has no seal")
        for stem, code in self.bad.items():
            self.check(stem, "refused", b"no batch at all\n", ".problem.json")
            if (problem := self.home / "refused" / f"{stem}.problem.json").exists():
                if json.loads(problem.read_bytes())["code"] != code:
                    self.ledger.fault(f"{stem} is refused as {problem.read_bytes()[:300]!r}, expected {code}")

    def left(self):
        return [file.name for file in (self.home / "in").iterdir()]

    def check(self, stem, folder, body, result):
        """Its bytes and its signature moved there, with one result, and nowhere else."""
        here, there = self.home / folder, self.home / ("refused" if folder == "done" else "done")
        if not (here / (stem + result)).exists():
            return self.ledger.fault(f"{stem} of {self.merchant} has no result in {folder}")
        if (here / (stem + ENDINGS[0])).read_bytes() != body or not (here / (stem + ENDINGS[1])).exists():
            self.ledger.fault(f"{stem} of {self.merchant} is not beside its result as it was left")
        for place in [here, there]:
            if list(place.glob(f"{stem}~*")) or place == there and list(place.glob(f"{stem}.*")):
                self.ledger.fault(f"{stem} of {self.merchant} has more than one result")
