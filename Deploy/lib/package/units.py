"""The units as a page of section 8: what each is for, and what each line of the daemon's is for, as its comment says."""
from .roff import bold, escaped, head


def page(units, words, version, date):
    """Of the units' texts by name, and of the words that stand before them (man(7) already)."""
    text = head("settled.service", 8, "the settlement daemon under systemd", version, date)
    text += ".SH SYNOPSIS\n" + ", ".join(escaped(name) for name in sorted(units)) + "\n"
    text += words
    text += ".SH THE UNITS\n"
    for name in sorted(units):
        text += f".TP\n{bold(name)}\n{escaped(purpose(units[name]))}\n"
    text += ".SH SETTLED.SERVICE, LINE BY LINE\n"
    for line, comment in explained(units["settled.service"]):
        text += f".TP\n{bold(line)}\n{escaped(comment)}\n"
    return text + f".SH SEE ALSO\n{bold('settled')}(1), {bold('settled-serve')}(1), {bold('systemd-creds')}(1)\n"


def purpose(text):
    """The first comment's first sentence."""
    comment = " ".join(line[1:].strip() for line in text.split("\n\n")[0].split("\n"))
    return comment.split(". ")[0].rstrip(".") + "."


def explained(text):
    """(line, the comment above it) of every line that is none itself."""
    comment, begins = [], True
    for line in text.replace("\\\n    ", "").split("\n"):
        if line.startswith("#"):
            comment = comment if not begins else []
            begins = False
            comment.append(line[1:].strip())
            continue
        if "=" in line:
            yield line, " ".join(comment)
        begins = True
