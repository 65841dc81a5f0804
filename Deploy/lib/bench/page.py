"""One page of HTML with everything in it: the table, and growth curves as SVG."""
import math
from html import escape

from .figures import ABSENT, AIM, LEAST, MISSED, figures
from .rows import count
from .table import HEAD, RIGHT, afterwords, caption, cells, number

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2327 }
table { border-collapse: collapse; width: 100% } th, td { padding: .3rem .6rem; border-bottom: 1px solid #d9dde0 }
th { text-align: left } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.good { color: #116329 } .fair { color: #7a4d00 } .bad { color: #a40e26; font-weight: 600 }
figure { margin: 2rem 0 } figcaption { font-weight: 600 } svg { width: 100%; height: auto }
.axis { stroke: #8a9197 } .grid { stroke: #e6e9eb } text { font: 12px system-ui, sans-serif; fill: #4a5157 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem } dt { color: #4a5157 } dd { margin: 0 }
@media (prefers-color-scheme: dark) { body { background: #15191c; color: #dfe3e6 } th, td { border-color: #343b40 }
 text, dt { fill: #aab2b8; color: #aab2b8 } .grid { stroke: #2a3035 } .good { color: #5dd07c } .fair { color: #e3b341 }
 .bad { color: #ff7b85 } }
"""
CLASSES = {AIM: "good", LEAST: "fair", MISSED: "bad", ABSENT: "bad"}
COLOURS = ["#2f6fb3", "#b35a2f"]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, EDGE = 900, 300, 80, 40, 30, 20


def html(run):
    found = figures(run)
    parts = ['<!doctype html><html lang="en"><meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width">',
             f"<title>Settled: speed</title><style>{STYLE}</style><h1>Settled: speed</h1>",
             f"<p>{escape(caption(run))}</p>", table(found)]
    parts += [f"<p>{escape(said)}</p>" for said in afterwords(run, found)]
    parts += charts(run)
    parts.append("<h2>The machine</h2><dl>")
    parts += [f"<dt>{escape(name)}</dt><dd>{escape(word)}</dd>" for name, word in run["machine"].items()]
    return "\n".join(parts + ["</dl></html>"]) + "\n"


def table(found):
    def line(cells, tag, verdict=None):
        made = []
        for place, cell in enumerate(cells):
            kind = "n" if place in RIGHT else CLASSES.get(verdict, "") if place == len(cells) - 1 else ""
            made.append(f'<{tag} class="{kind}">{escape(cell)}</{tag}>')
        return f"<tr>{''.join(made)}</tr>"
    return "<table>" + line(HEAD, "th") + "".join(line(cells(f), "td", f.verdict) for f in found) + "</table>"


def charts(run):
    """The growth curves that the run has points for."""
    curves = run.get("curves", {})
    made = []
    if curves.get("tenths"):
        made.append(chart("Intake as the data grows: records a second, tenth by tenth", "records stored",
                          [("intake", curves["tenths"])], "records/s", logarithmic=False))
    if curves.get("intake"):
        made.append(chart("Time a record, by how many there are: flat is good", "records",
                          [("intake", curves["intake"]), ("close", curves["close"])], "µs/record",
                          logarithmic=True))
    return made


def chart(title, across, series, unit, logarithmic):
    """Lines over a common axis that begins at zero: a slope looks as steep as it is."""
    xs = [x for _, points in series for x, _ in points]
    top = nice(max(y for _, points in series for _, y in points))
    scale = math.log if logarithmic else float
    low, high = (scale(min(xs)) if logarithmic else 0.0), scale(max(xs))

    def place(x, y):
        along = (scale(x) - low) / (high - low) if high > low else 0.5
        return LEFT + along * (WIDTH - LEFT - EDGE), HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - TOP)
    parts = [f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    for step in range(5):
        y = place(max(xs), top * step / 4)[1]
        kind = "grid" if step else "axis"
        parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - EDGE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(words(LEFT - 8, y + 4, "end", f"{top * step / 4:,.10g}"))
    for x in sorted(set(xs)):
        parts.append(words(place(x, 0)[0], HEIGHT - BOTTOM + 18, "middle", short(x)))
    for colour, (name, points) in zip(COLOURS, series):
        dots = [place(x, y) for x, y in points]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
                     + " ".join(f"{x:.1f},{y:.1f}" for x, y in dots) + '"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"><title>{escape(name)}: '
                  f'{number(value, unit)} {unit} at {count(at)}</title></circle>'
                  for (x, y), (at, value) in zip(dots, points)]
        x, y = dots[-1]
        parts.append(words(x, y - 10, "end", name, colour))
    parts.append(words(LEFT - 8, 16, "end", unit))
    parts.append(words(WIDTH - EDGE, HEIGHT - 4, "end", across))
    return "".join(parts) + "</svg></figure>"


def words(x, y, anchor, said, colour=None):
    style = f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(said)}</text>'


def short(number):
    """A count on an axis, to three digits."""
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.3g} {name}"
    return str(number)


def nice(value):
    """The next of 1, 2, 2.5, 4, 5, 8, 10 times a power of ten: an axis that divides into quarters."""
    power = 10 ** math.floor(math.log10(value)) if value > 0 else 1
    return next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10, 20) if step * power >= value)
