"""Instructions a record, counted by callgrind, against the budgets of the repository.

A time wavers with the machine, a count hardly: the same program on the same input takes the same instructions. What
differs between toolchains, libraries and processors is in the budgets' file too; where it differs, nothing is judged.
"""
import os, pathlib, re, shutil, sys

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
        command = ["valgrind", "--tool=callgrind", "--vgdb=no", f"--callgrind-out-file={out}", self.program]
        run(*command, *words, env=os.environ | STEADY)
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


def measure(scratch, binaries):
    """What was counted, and with what; the budgets are such a count."""
    with_what = machine.toolchain() | {"processor": features()}
    found = counted(scratch, binaries)
    return {"counted with": with_what, "instructions a record": {n: round(c, 1) for n, c in found.items()}}


def judge(count, budgets):
    """Prints a count beside the budgets; 1 when a stage is over its budget or has none, 0 otherwise."""
    here = count["counted with"]
    other = [f"{name} {here.get(name)} and not {said}" for name, said in budgets["counted with"].items()
             if here.get(name) != said]
    over = shown(count["instructions a record"], budgets["instructions a record"], judged=not other)
    if other:
        print(f"NOT JUDGED: the budgets are of another machine or toolchain: {'; '.join(other)}.\n"
              "`Deploy/bench --instructions --set` makes budgets of this one's counts.")
        return 0
    if over:
        print(f"bench: not within {TOLERANCE:.0%} of the budget: {', '.join(over)}. Where it is worth that, "
              "`Deploy/bench --instructions --set` makes the new counts the budgets.", file=sys.stderr)
    return 1 if over else 0


def shown(found, budgets, judged):
    """The table; gives the stages that are over their budgets, or stand on one side only."""
    over = []
    print(f"\n{'instructions a record':26}{'counted':>12}{'budget':>12}{'change':>9}")
    for name in dict.fromkeys([*found, *budgets]):
        count, budget = found.get(name), budgets.get(name)
        verdict, change = "", "–"
        if count is None or budget is None:
            over.append(name)
            verdict = "  NOT COUNTED" if count is None else "  NO BUDGET"
        else:
            change = f"{count / budget - 1:.1%}"
            if count > budget * (1 + TOLERANCE):
                over.append(name)
                verdict = "  OVER" if judged else ""
        print(f"{name:26}{figure(count):>12}{figure(budget):>12}{change:>9}{verdict}")
    print()
    return over


def figure(number):
    return "–" if number is None else f"{number:,.1f}"


def features():
    """What the processor has that libraries choose their code by."""
    known = ("avx", "avx2", "bmi2", "adx", "sha_ni", "avx512f")
    for line in machine.lines("/proc/cpuinfo"):
        if line.startswith("flags"):
            flags = set(line.split(":", 1)[1].split())
            return " ".join(name for name in known if name in flags)
    return "unknown"
