"""The programs that are run: ours, the limits in C, and what people use today."""
import json, os, pathlib, re, shutil, subprocess, sys, time

from . import machine

TOP = pathlib.Path(__file__).resolve().parents[3]
SHARED = TOP.parent / "shared"
PEERS = TOP / ".build" / "bench-peers"


class Absent(Exception):
    """A row cannot be measured here: why, and what would help."""


def trouble(sentence):
    print(f"bench: {sentence}", file=sys.stderr)
    sys.exit(3)


def run(*words, cwd=None, env=None):
    """What a program prints; it is trouble when it fails."""
    words = [str(w) for w in words]
    done = subprocess.run(words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        trouble(f"`{' '.join(words)}` ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


class Programs:
    """Where they are. `binaries` is a folder of built ones; without it the release configuration is built."""

    def __init__(self, scratch, binaries=None):
        self.scratch = scratch
        folder = pathlib.Path(binaries).resolve() if binaries else built()
        self.bench, self.settled = folder / "bench", folder / "settled"
        for path in (self.bench, self.settled):
            if not os.access(path, os.X_OK):
                trouble(f"{path} is not there; name the folder of the built programs, or leave out --binaries")
        self.limits, self.why_no_limits = compiled(scratch / "limits")
        self.found = {}

    def ours(self, *words):
        return json.loads(run(self.bench, *words))

    def workload(self, *words):
        run(self.bench, "workload", *words)

    def limit(self, name, *words):
        return run(self.limit_folder() / name, *words)

    def peer(self, name, *words):
        """A script of the peers under a Python that has the module it needs; the rules are those of our records."""
        return run(self.python(name), self.limit_folder() / "peers" / words[0], *words[1:])

    def limit_folder(self):
        if not self.limits:
            raise Absent(self.why_no_limits)
        return self.limits

    def python(self, module):
        """A Python that has the module, if it needs one."""
        for candidate in dict.fromkeys([str(PEERS / "bin" / "python"), sys.executable, "/usr/bin/python3"]):
            check = f"import {module}; from importlib.metadata import version; print(version('{module}'))"
            version = machine.said(candidate, "-c", check) if os.access(candidate, os.X_OK) else None
            if version:
                self.found[module] = version
                return candidate
        raise Absent(f"Python has no {module}; Deploy/prepare --bench installs it")

    def hledger(self):
        path = shutil.which("hledger")
        if not path:
            raise Absent("there is no hledger; Deploy/prepare --bench installs it")
        self.found["hledger"] = machine.said(path, "--version", pattern=r"\d+(\.\d+)+") or "unknown"
        return path


def built():
    """The release configuration, with the flags that the environment asks for; the folder of its programs."""
    subprocess.run([str(TOP / "Deploy" / "prepare")], check=True, stdout=sys.stderr)
    build = ["swift", "build", "-c", "release", "--package-path", str(TOP)]
    for product in ("bench", "settled"):
        if subprocess.run(build + ["--product", product], stdout=sys.stderr).returncode != 0:
            trouble("the release configuration does not build")
    return pathlib.Path(run(*build, "--show-bin-path").strip())


def compiled(folder):
    """The folder of the compiled limits and None, or None and why there is none."""
    source = SHARED / "baselines"
    if not (source / "build.sh").is_file():
        return None, "the limits are not there: ../shared/baselines is not beside this clone"
    if not shutil.which("gcc"):
        return None, "there is no gcc to compile the limits with; Deploy/prepare --bench installs it"
    shutil.copytree(source, folder, copy_function=shutil.copyfile)
    for place, _, _ in os.walk(folder):
        os.chmod(place, 0o755)
    run("sh", "build.sh", cwd=folder)
    # Our records' points are all good for a year; so they are for the peers whose result is compared.
    rules = folder / "peers" / "rules.py"
    text = rules.read_text()
    patched = text.replace("VALID = (180, 365, 730)", "VALID = (365, 365, 365)")
    if patched == text:
        trouble("the peers' rules.py says nothing of how long points are valid; this bench does not fit it")
    rules.write_text(patched)
    return folder, None


def rate(text):
    """The last rate that a limit or peer prints, in records a second."""
    found = re.findall(r"(?<!settle_)rec/s=([\d.]+)", text)
    if not found:
        trouble(f"expected a rate, found: {text.strip()[-500:]}")
    return float(found[-1])


class Daemon:
    """A running `settled serve` on a data folder; `seconds` is what it took to be ready."""

    def __init__(self, programs, folder, now):
        self.log = programs.scratch / "daemon.log"
        begin = time.perf_counter()
        with open(self.log, "wb") as log:
            words = [programs.settled, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--now", now,
                     "--no-automatic-close"]
            self.process = subprocess.Popen([str(w) for w in words], stderr=log)
        self.port = None
        while self.port is None and self.process.poll() is None and time.perf_counter() - begin < 120:
            found = re.search(rb"listening on http://127\.0\.0\.1:(\d+)\s", self.log.read_bytes())
            self.port = found and int(found.group(1))
            time.sleep(0.002)
        self.seconds = time.perf_counter() - begin
        if self.port is None:
            self.__exit__()
            trouble(f"the daemon did not become ready: {self.said}")

    @property
    def said(self):
        return self.log.read_text(errors="replace")[-2000:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Stops it as a service manager would; what it stored is in its file then."""
        self.process.terminate()
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            trouble("the daemon did not stop within a minute")
        if self.port and status != 0:
            trouble(f"the daemon ended with {status}: {self.said}")
