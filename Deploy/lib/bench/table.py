"""The table, for a terminal and as Markdown."""
from .figures import figures
from .rows import Sizes

HEAD = ["row", "ours", "held against", "figure", "spread", "at least", "aim", "verdict"]
RIGHT = {1, 3, 4, 5, 6}


def number(value, unit):
    """Rates by thousands, small figures with the digits that matter."""
    if value is None:
        return "–"
    if abs(value) >= 100 or unit == "records/s":
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def bound(row, value):
    """A bound as the issue's table has it; where less is better, with the sign that says so."""
    if value is None:
        return "–"
    return f"{value:g}" if row.more else f"≤ {value:g}"


def cells(figure):
    row = figure.row
    ours = f"{number(figure.ours, row.unit)} {row.unit}" if figure.ours is not None else "–"
    against = figure.against or "–"
    if figure.limit is not None:
        against = f"{against}: {number(figure.limit, row.unit)}"
    unit = "ratio" if row.against else row.unit
    spread = "–" if figure.low is None else f"{number(figure.low, unit)}–{number(figure.high, unit)}"
    return [figure.title, ours, against, number(figure.median, unit), spread,
            bound(row, row.least), bound(row, row.aim), figure.verdict]


def caption(run):
    sizes = Sizes(run["records"]).words()
    text = f"{sizes['main']}, {sizes['large']} and {sizes['small']} records; "
    text += "one round." if run["runs"] == 1 else f"medians of {run['runs']} rounds."
    if run["records"] != 1_000_000:
        text += " These are not the sizes that the bounds are meant for: a full run is of 1 M."
    return text


def afterwords(run, found):
    """What a reader of the table must be told besides."""
    said = [f"{f.title}, against {f.against}: {f.reason}" if f.against else f"{f.title}: {f.reason}"
            for f in found if f.reason]
    return said + run.get("notes", [])


def text(run):
    found = figures(run)
    rows = [HEAD] + [cells(figure) for figure in found]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = [caption(run), ""]
    for row in rows:
        padded = [c.rjust(w) if i in RIGHT else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))]
        lines.append("  ".join(padded).rstrip())
        if row is HEAD:
            lines.append("  ".join("-" * width for width in widths))
    lines += [""] + afterwords(run, found) + ["", facts(run)]
    return "\n".join(lines) + "\n"


def markdown(run):
    found = figures(run)
    rule = ["---:" if place in RIGHT else "---" for place in range(len(HEAD))]
    lines = [f"| {' | '.join(row)} |" for row in [HEAD, rule] + [cells(figure) for figure in found]]
    return "\n".join(lines + ["", caption(run)] + afterwords(run, found) + ["", facts(run)]) + "\n"


def facts(run):
    """The machine and the versions, in one paragraph."""
    return "; ".join(f"{name} {word}" for name, word in run["machine"].items()) + "."
