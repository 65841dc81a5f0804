"""Merchants that send batches all the time, and send again whatever was not answered."""
import http.client, json, random, threading, time
from .ledger import Batch

MERCHANTS = ["bakery", "books", "cinema", "garden"]


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
        chance = self.random.random()
        if self.open and chance < 0.5:
            batch = self.open.pop(0)
        elif self.done and chance < 0.6:
            batch = self.random.choice(self.done)
        else:
            batch = self.make()
        self.send(batch)

    def make(self):
        self.made += 1
        name = f"c{self.number}-{self.made}"
        count = self.random.choice([1, 5, 20, 100, 500])
        if self.random.random() < 0.01:
            count = 20_000
        lines, total = [], 0
        for record in range(count):
            points = self.random.randrange(1, 100)
            total += points
            lines.append(json.dumps({
                "id": f"{name}-{record}", "type": "earn", "member": f"m{self.random.randrange(5000)}",
                "points": points, "amount": points * 100, "at": "2025-04-02T09:00:31+02:00"}))
        header = {
            "format": "settled-batch/1", "merchant": self.merchant, "batch": name,
            "sequence": self.sequences.next(self.merchant), "records": count, "totals": {"earn": total}}
        body = ("\n".join([json.dumps(header)] + lines) + "\n").encode()
        batch = Batch(self.merchant, name, body, self.key.sign(body), count)
        self.ledger.add(batch)
        return batch

    def send(self, batch):
        """Once; what is not answered by a receipt is sent again later."""
        self.ledger.count("uploads")
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.host.port, timeout=300)
            self.connection.request("POST", "/v1/batches", batch.body, {
                "Content-Type": "application/x-ndjson", "Settled-Signature": batch.signature})
            answer = self.connection.getresponse()
            body, status = answer.read(), answer.status
        except (OSError, http.client.HTTPException):
            self.ledger.count("answers lost")
            self.connection.close()
            self.connection = None
            self.open.append(batch)
            time.sleep(0.01)
            return
        if status in (200, 201):
            self.ledger.received(batch, status, body, answer.headers.get("Settled-Signature"))
            if batch not in self.done:
                self.done = self.done[-500:] + [batch]
        elif status in (429, 503):
            if not answer.headers.get("Retry-After"):
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
        if self.open:
            self.ledger.fault(f"{len(self.open)} batches of client {self.number} were never taken")
        for batch in self.random.sample(self.done, min(50, len(self.done))):
            self.send(batch)


class Sequences:
    def __init__(self):
        self.lock, self.last = threading.Lock(), dict.fromkeys(MERCHANTS, 0)

    def next(self, merchant):
        with self.lock:
            self.last[merchant] += 1
            return self.last[merchant]
