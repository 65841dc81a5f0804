"""A run: rounds of all stages that the wanted rows need, one after the other."""
import sys

from . import machine
from .programs import Absent, Programs, TOP
from .rows import ROWS
from .stages import STAGES, Round


def measure(scratch, records, runs, wanted, binaries):
    """Everything that was seen, as it is written to JSON."""
    rows = [row for row in ROWS if row.key in wanted]
    programs = Programs(scratch, binaries)
    run = {"format": "settled-bench/1", "records": records, "runs": runs, "machine": {}, "notes": [], "curves": {},
           "rows": {row.key: {"unit": row.unit, "samples": []} for row in rows}}
    stages = [stage for stage in STAGES if any(row.stage == stage for row in rows)]
    for number in range(runs):
        round = Round(programs, records)
        for stage in stages:
            print(f"bench: round {number + 1} of {runs}: {stage}", file=sys.stderr)
            note(STAGES[stage](round), run["rows"])
        for path in scratch.glob("plain-*"):
            path.unlink()
        run["curves"] |= round.curves
        # Of the last round: they say how it was measured, and the rows how much.
        run["notes"] = round.notes
    run["machine"] = machine.described(scratch, programs.found, TOP)
    return run


def note(samples, rows):
    for key, sample in samples.items():
        if key not in rows:
            continue
        if isinstance(sample, Absent):
            rows[key]["reason"] = str(sample)
        else:
            rows[key]["samples"].append(sample)
