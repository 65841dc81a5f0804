"""Trouble from outside: a disk that fails, a clock that jumps, a database that another process holds."""
import pathlib, sqlite3, subprocess, time

KINDS = ["full", "readonly", "fsync", "clock=86400", "clock=-86400", "locked"]


class Faults:
    """Faults of a daemon that is started with `environment`, as far as they concern what lies in the folder `under`."""

    def __init__(self, source, scratch, data, under):
        self.words = pathlib.Path(scratch) / "faults"
        self.data = data
        library = pathlib.Path(scratch) / "faults.so"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        self.environment = {
            "LD_PRELOAD": str(library), "FAULTS": str(self.words),
            "FAULTS_UNDER": str(pathlib.Path(under).resolve()) + "/"}
        self.counts = dict.fromkeys(KINDS, 0)

    def happen(self, kind, seconds):
        """One of them, for a while."""
        self.counts[kind] += 1
        if kind == "locked":
            database = sqlite3.connect(f"{self.data}/settled.sqlite", timeout=60, isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            database.execute("ROLLBACK")
            database.close()
            return
        self.set(kind)
        time.sleep(seconds)
        self.set("")

    def set(self, words):
        new = self.words.with_suffix(".new")
        new.write_text(words)
        new.replace(self.words)
