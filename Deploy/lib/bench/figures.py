"""From samples to figures and verdicts.

A run's samples are kept whole, so that it can be judged again from its JSON.
"""
import statistics
from dataclasses import dataclass

from .rows import ROWS, Sizes

AIM, LEAST, MISSED, ABSENT, SHOWN = "aim reached", "good enough", "MISSED", "NOT MEASURED", "–"


@dataclass
class Figure:
    """One row, judged."""
    row: object
    title: str
    against: str
    ours: float | None = None
    limit: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ABSENT
    # Why it was not measured, or what is wrong with the result.
    reason: str = ""

    @property
    def is_bad(self):
        """Whether --check must fail: missed, or to be judged and not measured."""
        return self.verdict == MISSED or (self.verdict == ABSENT and self.row.least is not None)


def figures(run):
    """The rows of a run, in the table's order."""
    words = Sizes(run["records"]).words()
    return [judged(row, run["rows"][row.key], words) for row in ROWS if row.key in run["rows"]]


def judged(row, found, words):
    figure = Figure(row, row.title.format(**words), row.against.format(**words), reason=found.get("reason", ""))
    samples = found.get("samples", [])
    if not samples:
        return figure
    figure.ours = statistics.median(sample["ours"] for sample in samples)
    values = [sample["ours"] for sample in samples]
    if row.against:
        alone = [sample for sample in samples if "limit" not in sample]
        if alone:
            figure.reason = alone[0]["reason"]
            return figure
        figure.limit = statistics.median(sample["limit"] for sample in samples)
        values = [sample["ours"] / sample["limit"] for sample in samples]
    figure.median, figure.low, figure.high = statistics.median(values), min(values), max(values)
    if any(sample.get("wrong") for sample in samples):
        figure.verdict, figure.reason = MISSED, next(s["wrong"] for s in samples if s.get("wrong"))
    elif row.least is None:
        figure.verdict = SHOWN
    elif row.reaches(figure.median, row.aim):
        figure.verdict = AIM
    else:
        figure.verdict = LEAST if row.reaches(figure.median, row.least) else MISSED
    return figure
