"""Text as a page of the manual: what man(7) would take for its own is escaped."""


def escaped(text):
    """One line of running text."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("’", "'")
    return f"\\&{text}" if text[:1] in (".", "'") else text


def bold(text):
    return f"\\fB{escaped(text)}\\fR"


def italic(text):
    return f"\\fI{escaped(text)}\\fR"


def running(text):
    """Paragraphs; lines that are indented are shown as they are, as examples are in `--help`."""
    lines, shown = [], False
    for line in text.split("\n"):
        indented = line.startswith("  ")
        if indented != shown and (indented or line.strip()):
            lines += [".PP", ".EX"] if indented else [".EE", ".PP"]
            shown = indented
        if indented or shown and not line.strip():
            lines.append(escaped(line[2:]) or "\\&")
        else:
            lines.append(escaped(line) or ".PP")
    return "\n".join(lines + ([".EE"] if shown else []))


def head(name, section, what, version, date):
    """The beginning of a page; `what` is what apropos(1) finds."""
    return (f'.TH "{escaped(name.upper())}" "{section}" "{date}" "{escaped(version)}" "Settled"\n'
            f".SH NAME\n{escaped(name)} \\- {escaped(what)}\n")
