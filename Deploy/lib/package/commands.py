"""The commands' own help as pages of section 1: settled(1) and one for each command, its subcommands within."""
from .roff import bold, escaped, head, italic, running


def pages(tool, version, date):
    """Of `settled --experimental-dump-help`: (name of the page, its text)."""
    top = tool["command"]
    children = [child for child in shown(top.get("subcommands")) if child["commandName"] != "help"]
    others = [f"{top['commandName']}-{child['commandName']}" for child in children]
    for command, names in [(top, [top["commandName"]])] + [
            (child, [top["commandName"], child["commandName"]]) for child in children]:
        name = "-".join(names)
        page = head(name, 1, brief(command), version, date)
        page += ".SH SYNOPSIS\n" + synopses(command, names)
        if command.get("discussion"):
            page += f".SH DESCRIPTION\n{running(command['discussion'])}\n"
        page += options("SH", "OPTIONS", command)
        if command is top:
            page += ".SH COMMANDS\n" + "".join(
                f".TP\n{bold(child['commandName'])}\n{escaped(child.get('abstract', ''))}\n" for child in children)
        else:
            page += "".join(section(child, names) for child in shown(command.get("subcommands")))
        page += ".SH EXIT STATUS\n0 done, 1 refused or found wrong, 2 used wrongly, 3 trouble with disk or network.\n"
        page += ".SH SEE ALSO\n" + ", ".join(
            f"{bold(other)}(1)" for other in (others if command is top else [top["commandName"]]))
        yield name, page + f", {bold('settled.service')}(8)\n"


def shown(things):
    return [thing for thing in things or [] if thing.get("shouldDisplay", True)]


def brief(command):
    """The abstract as apropos wants it: no full stop, no capital."""
    text = command.get("abstract", "").rstrip(".")
    return text[:1].lower() + text[1:]


def synopses(command, names):
    """How it is called; of a command that only has subcommands, how each of them is."""
    children = [child for child in shown(command.get("subcommands")) if child["commandName"] != "help"]
    if len(names) > 1 and children:
        return "".join(synopses(child, names + [child["commandName"]]) for child in children)
    words = [called(argument) for argument in shown(command.get("arguments")) if not is_help(argument)]
    if children:
        words.append(italic("command") + " ...")
    return f".PP\n{bold(' '.join(names))} " + "\n".join(words) + "\n"


def is_help(argument):
    return any(name["name"] in ("help", "version") for name in argument.get("names") or [])


def called(argument):
    word = italic(argument.get("valueName") or "value")
    if argument["kind"] != "positional":
        name = bold(dashed(argument["preferredName"]))
        word = name if argument["kind"] == "flag" else f"{name} {word}"
    if argument.get("isRepeating"):
        word += " ..."
    return f"[{word}]" if argument["isOptional"] else word


def dashed(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def options(macro, title, command):
    """A list of arguments and flags, with what their help says."""
    text = f".{macro} {title}\n"
    for argument in shown(command.get("arguments")):
        names = ", ".join(bold(dashed(name)) for name in argument.get("names") or [])
        value = italic(argument.get("valueName") or "value")
        label = value if argument["kind"] == "positional" else names
        if argument["kind"] == "option":
            label += f" {value}"
        said = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
        if argument.get("defaultValue"):
            said += f" (default: {argument['defaultValue']})"
        text += f".TP\n{label}\n{running(said or 'See above.')}\n"
    return text


def section(command, names):
    """A subcommand within its command's page."""
    if command["commandName"] == "help":
        return ""
    names = names + [command["commandName"]]
    text = f".SH {escaped(' '.join(names)).upper()}\n{escaped(command.get('abstract', ''))}\n"
    if command.get("discussion"):
        text += f".PP\n{running(command['discussion'])}\n"
    return text + options("SS", "Options", command)
