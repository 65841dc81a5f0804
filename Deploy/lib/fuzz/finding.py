"""What to do about an input that broke something."""
import base64, pathlib, shlex


def told(log, binary):
    """Where the input is, how to see it break again, and how to keep it from breaking again."""
    lines = ["", f"{log.target}: " + ("; ".join(log.reasons) or f"ended with {log.status}"), f"  log: {log.path}"]
    if not log.found:
        return "\n".join(lines + ["  It broke off without an input: read the end of the log."])
    for name in log.found:
        shown = f"SWIFT_BACKTRACE=enable=no {shlex.quote(str(binary))} run {log.target} {shlex.quote(name)}"
        lines += [f"  input: {name}", f"  again: {shown}"]
        path = pathlib.Path(name)
        if path.exists() and path.stat().st_size <= 600:
            text = base64.b64encode(path.read_bytes()).decode()
            lines += [
                "  Make it a test before it is mended: a line of Tests/FuzzingTests/FoundTests.swift, with a sentence that",
                "  says what must hold:",
                f'      Found("…", "{log.target}", "{text}"),']
        elif path.exists():
            lines += [
                f"  Make it smaller first: {shown} -minimize_crash=1 -runs=100000, and then a line of",
                "  Tests/FuzzingTests/FoundTests.swift, with a sentence that says what must hold."]
    return "\n".join(lines)
