"""The figures of all targets, one line each."""

TITLES = ["target", "inputs", "a second", "edges reached", "of", "kept", "found"]


def table(logs):
    """As text, numbers to the right."""
    rows = [TITLES] + [
        [log.target, *(figure(number) for number in (log.inputs, log.per_second, log.reached, log.edges, log.kept)),
         verdict(log)] for log in logs]
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    lines = [
        "  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
        for row in rows]
    return "\n".join(lines)


def figure(number):
    return "?" if number is None else f"{number:,}"


def verdict(log):
    if log.found:
        return "hang" if any("/" in name and "timeout-" in name for name in log.found) else "crash"
    return "nothing" if log.is_good else "broke off"
