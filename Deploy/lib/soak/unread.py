"""Sends good batches whose receipts are long, and reads none of them."""
import json, socket, time
from .hostile import Hostile
from .ledger import Batch

# So many records each, all refused, as they are of a time before the alliance.
SIZES = [200] * 10 + [2_000] * 10 + [5_000] * 4 + [30_000]
# So many batches; then they come again, which is answered as long.
MOST_BATCHES = 100


class Hoarder(Hostile):
    def __init__(self, number, seed, daemon, ledger, key, sequences, ending):
        super().__init__(number, seed, daemon, ledger, ending)
        self.number, self.key, self.sequences = number, key, sequences
        self.batches, self.bodies = [], {}

    def attack(self):
        """Up to 90 receipts at once that nobody reads."""
        open_ones = []
        try:
            for _ in range(self.random.choice([20, 90])):
                peer = self.connect()
                open_ones.append(peer)
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                peer.sendall(self.request(self.next()))
                self.ledger.count("receipts left unread")
            time.sleep(self.random.random() * 5)
        finally:
            for peer in open_ones:
                peer.close()

    def next(self):
        if len(self.batches) >= MOST_BATCHES or self.batches and self.random.random() < 0.2:
            return self.random.choice(self.batches)
        self.batches.append(self.make())
        return self.batches[-1]

    def make(self):
        size, name = self.random.choice(SIZES), f"unread-{self.number}-{len(self.batches)}"
        header = {
            "format": "settled-batch/1", "merchant": "cinema", "batch": name,
            "sequence": self.sequences.next("cinema"), "records": size, "totals": {"earn": size}}
        body = json.dumps(header).encode() + b"\n" + self.records(size)
        # None of its records is stored.
        batch = Batch("cinema", name, body, self.key.sign(body), 0)
        self.ledger.add(batch)
        return batch

    def records(self, size):
        """The same ones in each batch: what is refused does not take its id."""
        if size not in self.bodies:
            self.bodies[size] = b"".join(
                json.dumps({
                    "id": f"{'long-' * 10}{record}", "type": "earn", "member": "m1", "points": 1,
                    "at": "2019-01-02T09:00:31Z"}).encode() + b"\n"
                for record in range(size))
        return self.bodies[size]

    def request(self, batch):
        return (
            f"POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
            f"Content-Length: {len(batch.body)}\r\nSettled-Signature: {batch.signature}\r\n\r\n").encode() + batch.body
