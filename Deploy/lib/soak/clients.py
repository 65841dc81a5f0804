"""Merchants that send batches all the time, and send again whatever was not answered."""
import http.client, json, pathlib, random, subprocess, threading, time
from .ledger import Batch

MERCHANTS = ["bakery", "books", "cinema", "garden"]


def make_batch(merchant, name, count, key, sequences, chance, at="2025-04-02T09:00:31+02:00"):
    """A signed batch of so many records."""
    lines, total = [], 0
    for record in range(count):
        points = chance.randrange(1, 100)
        total += points
        lines.append(json.dumps({
            "id": f"{name}-{record}", "type": "earn", "member": f"m{chance.randrange(5000)}", "points": points,
            "amount": points * 100, "at": at}))
    header = {
        "format": "settled-batch/1", "merchant": merchant, "batch": name, "sequence": sequences.next(merchant),
        "records": count, "totals": {"earn": total}}
    body = ("\n".join([json.dumps(header)] + lines) + "\n").encode()
    return Batch(merchant, name, body, key.sign(body), count)


class Client(threading.Thread):
    def __init__(self, number, seed, daemon, ledger, keys, sequences, ending):
        super().__init__(daemon=True)
        self.random = random.Random(f"{seed}-{number}")
        self.number, self.host, self.ledger = number, daemon, ledger
        self.merchant = MERCHANTS[number % len(MERCHANTS)]
        self.key, self.sequences, self.ending = keys[self.merchant], sequences, ending
        self.open, self.done, self.connection = [], [], None
        self.made = 0

    def run(self):
        while not self.ending.is_set():
            self.host.up.wait(timeout=1)
            self.step()

    def step(self):
        self.send(self.next())

    def next(self):
        """What is open, what has a receipt already, or a new one."""
        chance = self.random.random()
        if self.open and chance < 0.5:
            return self.open.pop(0)
        if self.done and chance < 0.6:
            return self.random.choice(self.done)
        return self.make()

    def make(self):
        self.made += 1
        count = self.random.choice([1, 5, 20, 100, 500])
        if self.random.random() < 0.01:
            count = 20_000
        batch = make_batch(
            self.merchant, f"c{self.number}-{self.made}", count, self.key, self.sequences, self.random)
        self.ledger.add(batch)
        return batch

    def send(self, batch):
        """Once; what is not answered by a receipt is sent again later."""
        self.ledger.count("uploads")
        try:
            if self.connection is None:
                self.connection = self.host.http(timeout=300)
            self.connection.request("POST", "/v1/batches", batch.body, {
                "Content-Type": "application/x-ndjson", "Settled-Signature": batch.signature})
            answer = self.connection.getresponse()
            body, status = answer.read(), answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return self.lost(batch)
        self.judge(
            batch, status, body, answer.headers.get("Settled-Signature"), answer.headers.get("Retry-After"))

    def lost(self, batch):
        self.ledger.count("answers lost")
        self.open.append(batch)
        time.sleep(0.01)

    def judge(self, batch, status, body, signature, again):
        """What an answer is worth."""
        if status in (200, 201):
            self.ledger.received(batch, status, body, signature)
            if batch not in self.done:
                self.done = self.done[-500:] + [batch]
        elif status in (429, 503):
            if not again:
                self.ledger.fault(f"{status} without Retry-After")
            self.ledger.count("told to come again")
            self.open.append(batch)
            time.sleep(0.05)
        else:
            self.ledger.fault(f"a good batch was answered {status}: {body[:200]!r}")

    def finish(self):
        """Sends what is open until all of it has a receipt, and some of the rest again."""
        for _ in range(1000):
            if not self.open:
                break
            self.send(self.open.pop(0))
            time.sleep(0.001 * (len(self.open) > 0))
        if self.open:
            self.ledger.fault(f"{len(self.open)} batches of client {self.number} were never taken")
        for batch in self.random.sample(self.done, min(50, len(self.done))):
            self.send(batch)


# How curl says that an answer did not come, or not all of it: refused, timed out, broken off.
BROKEN_OFF = {7, 16, 18, 28, 35, 52, 55, 56, 92}


class Multiplexer(Client):
    """One that sends four batches at once over one connection of HTTP/2, by curl."""

    def __init__(self, number, seed, daemon, ledger, keys, sequences, ending, folder, certificate):
        super().__init__(number, seed, daemon, ledger, keys, sequences, ending)
        self.folder, self.certificate = pathlib.Path(folder), certificate
        self.folder.mkdir()

    def step(self):
        self.send_all([self.next() for _ in range(4)])

    def send(self, batch):
        self.send_all([batch])

    def send_all(self, batches):
        words = ["curl", "--silent", "--parallel"]
        for number, batch in enumerate(batches):
            self.ledger.count("uploads over HTTP/2")
            file, answer = self.folder / f"{number}", self.folder / f"{number}.answer"
            file.write_bytes(batch.body)
            answer.unlink(missing_ok=True)
            words += ["--next"] * (number > 0) + [
                "--http2", "--max-time", "300", "--cacert", self.certificate, "--output", str(answer),
                "--write-out", f"{number}|%{{http_version}}|%{{http_code}}|%header{{settled-signature}}|%header{{retry-after}}|%{{exitcode}}\n",
                "--header", "Content-Type: application/x-ndjson", "--header", f"Settled-Signature: {batch.signature}",
                "--data-binary", f"@{file}", f"https://localhost:{self.host.port}/v1/batches"]
        ran = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        answers = {line.split("|")[0]: line.split("|")[1:] for line in ran.stdout.splitlines()}
        for number, batch in enumerate(batches):
            version, status, signature, again, exit = answers.get(str(number), ["0", "000", "", "", str(ran.returncode)])
            answer = self.folder / f"{number}.answer"
            if exit != "0":
                # What came of it is not all.
                if int(exit) not in BROKEN_OFF:
                    self.ledger.fault(f"curl ended with {exit}")
                self.lost(batch)
                continue
            if version != "2":
                self.ledger.fault(f"HTTP/{version} was spoken where HTTP/2 was asked for")
            self.judge(batch, int(status), answer.read_bytes(), signature, again)


class Sequences:
    def __init__(self):
        self.lock, self.last = threading.Lock(), dict.fromkeys(MERCHANTS, 0)

    def next(self, merchant):
        with self.lock:
            self.last[merchant] += 1
            return self.last[merchant]
