"""Closes that are killed, beside batches that go on arriving, and a rederivation that is killed."""
import hashlib, http.client, pathlib, re, subprocess, threading, time
from .daemon import free_port
from .ledger import Batch, Ledger
from .standing import NAME

# A second past the end of March and its grace, and past those of April.
MARCH_IS_DUE, APRIL_IS_DUE = "2025-04-02T00:00:01+02:00", "2025-05-02T00:00:01+02:00"


class Sender(threading.Thread):
    """Sends batches in their order, each until it has a receipt; ends at the first that is refused."""

    def __init__(self, port, batches, ledger):
        super().__init__(daemon=True)
        self.patience = 60
        self.port, self.batches, self.ledger, self.ending = port, batches, ledger, threading.Event()

    def run(self):
        while self.batches and not self.ending.is_set():
            if self.post(self.batches[0]):
                self.batches.pop(0)
            else:
                time.sleep(0.005)

    def post(self, batch):
        self.ledger.count("uploads")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            connection.request("POST", "/v1/batches", batch.body, {
                "Content-Type": "application/x-ndjson", "Settled-Signature": batch.signature})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status in (200, 201):
            self.ledger.received(batch, answer.status, body, answer.headers.get("Settled-Signature"))
            return True
        if answer.status not in (429, 503):
            self.ledger.fault(f"batch {batch.name} was answered {answer.status}: {body[:200]!r}")
            self.ending.set()
        return False

    def finish(self, seconds):
        """Waits for its end; after so many seconds it is told to end, and what it sends at that time is its last."""
        self.join(timeout=seconds)
        self.ending.set()
        self.join(timeout=self.patience + 10)
        if self.is_alive():
            self.ledger.fault("a batch is neither answered nor cut off")


class Folder:
    """A data folder with the batches of March, and what is to be sent to it."""

    def __init__(self, binary, data, months, receipts):
        self.binary, self.data, self.ledger = binary, str(data), Ledger(receipts)
        self.port, self.log = free_port(), pathlib.Path(data).parent / "closes.log"
        for batch in months.march:
            self.ledger.add(batch)
        self.waiting = [fresh(batch) for batch in months.april]
        for batch in self.waiting:
            self.ledger.add(batch)

    def run(self, *words):
        with open(self.log, "ab") as log:
            return subprocess.Popen([self.binary, *words, "--data", self.data], stdout=log, stderr=log)

    def serve(self, closes):
        return self.run(
            "serve", "--no-config", "--listen", f"127.0.0.1:{self.port}", "--now", MARCH_IS_DUE,
            "--automatic-close" if closes else "--no-automatic-close")

    def close(self, period, now):
        return self.run("close", period, "--now", now)

    def sender(self):
        sender = Sender(self.port, self.waiting, self.ledger)
        sender.start()
        return sender

    def reached(self, seconds=60):
        """Waits until a daemon answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
            finally:
                connection.close()
        self.ledger.fault("a daemon does not answer")

    def finish(self):
        """Sends what is left and closes April, undisturbed."""
        daemon, sender = self.serve(closes=False), self.sender()
        sender.finish(120)
        # One that has not said yet that it listens does not know yet how to stop.
        self.reached()
        daemon.terminate()
        if ended(daemon) != 0:
            self.ledger.fault("a daemon that was told to stop ended otherwise, or not at all")
        if self.waiting:
            self.ledger.fault(f"{len(self.waiting)} batches were never taken")
        if ended(self.close("2025-04", APRIL_IS_DUE), 600) != 0:
            self.ledger.fault("April does not close")
        self.ledger.compare(f"{self.data}/{NAME}")

    def rederives(self, scratch):
        """What is found wrong; empty: it all comes out again."""
        ran = subprocess.run(
            [self.binary, "rederive", "--data", self.data, "--scratch", scratch], capture_output=True, text=True)
        return "" if ran.returncode == 0 else f"{ran.returncode}: {ran.stdout}{ran.stderr}"


def fresh(batch):
    """The same batch, without a receipt."""
    return Batch(batch.merchant, batch.name, batch.body, batch.signature, batch.records)


def ended(process, seconds=120):
    """The code that a process ends with; None if it does not end, and then it is killed."""
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def said(log, words, seconds=120, since=0):
    """Waits until a log says so, behind so many bytes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if re.search(words, pathlib.Path(log).read_bytes()[since:].decode(errors="replace")):
            return
        time.sleep(0.002)
    raise SystemExit(f"soak-closes: nothing says {words!r} in {log}")


class Aim:
    """When to kill: at any moment of what takes about so long, and every other time close to its end, which is found
    by coming too late and too early."""

    def __init__(self, span, chance):
        self.span, self.end, self.chance = span, span, chance
        self.is_late = False

    def pick(self):
        self.is_late = self.chance.random() < 0.5
        if self.is_late:
            return self.end * self.chance.uniform(0.93, 1.05)
        return self.span * self.chance.uniform(0, 1.02)

    def met(self, closed):
        """What the kill found; only those near the end say where that is."""
        if self.is_late:
            self.end *= 0.96 if closed else 1.03


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
