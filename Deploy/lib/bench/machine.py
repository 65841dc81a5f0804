"""Which machine this is, and the versions of what was measured and of what it was measured against."""
import os, pathlib, platform, re, subprocess, time


def said(*words, pattern=r"\S.*"):
    """What the first line says that a program prints, as far as the pattern goes; None if it cannot be run."""
    try:
        done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return None
    found = re.search(pattern, done.stdout)
    return found.group(0).strip() if done.returncode == 0 and found else None


def toolchain():
    """What decides how many instructions our code takes: another one counts otherwise."""
    return {
        "swift": said("swift", "--version", pattern=r"(?<=Swift version )[\w.]+"),
        "openssl": said("pkg-config", "--modversion", "libcrypto"),
        "sqlite": said("pkg-config", "--modversion", "sqlite3"),
        "libc": " ".join(platform.libc_ver()),
        "machine": platform.machine(),
    }


def described(scratch, peers, top):
    """Everything that a reader of the figures needs to know of the machine, in words."""
    facts = {
        "processor": processor(), "cores": str(os.cpu_count()), "memory": f"{memory_gib():.0f} GiB",
        "kernel": platform.release(), "system": said("sh", "-c", ". /etc/os-release; echo $PRETTY_NAME"),
        "disk": f"{filesystem(scratch)}, {fsync(scratch)}",
        "commit": said("git", "-C", top, "describe", "--always", "--dirty", "--exclude", "*"),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }
    facts |= toolchain()
    facts["gcc"] = said("gcc", "--version", pattern=r"\d+\.\d+\.\d+")
    facts["python"] = platform.python_version()
    return {name: word for name, word in (facts | peers).items() if word}


def is_busy():
    """Whether others use the machine so much that figures are worth little."""
    return os.getloadavg()[0] > 0.3 * (os.cpu_count() or 1)


def processor():
    for line in lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def memory_gib():
    for line in lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / 2**20
    return 0


def filesystem(folder):
    """The kind of file system that the folder is on."""
    kind, longest = "unknown", -1
    place = str(pathlib.Path(folder).resolve())
    for line in lines("/proc/mounts"):
        _, mount, name = line.split()[:3]
        if (place + "/").startswith(mount.rstrip("/") + "/") and len(mount) > longest:
            kind, longest = name, len(mount)
    return kind


def fsync(folder):
    """How long the disk takes to make 80 KiB durable."""
    path = pathlib.Path(folder) / "fsync"
    times, piece = [], os.urandom(80 * 1024)
    with open(path, "wb", buffering=0) as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(piece)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    path.unlink()
    times.sort()
    return f"80 KiB durable in {times[25] * 1e3:.2f} ms, p99 {times[-1] * 1e3:.2f} ms"


def lines(path):
    try:
        return pathlib.Path(path).read_text().splitlines()
    except OSError:
        return []
