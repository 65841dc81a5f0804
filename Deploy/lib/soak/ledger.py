"""What was sent and what was answered, and the comparison with what is in the file at the end."""
import hashlib, json, sqlite3, threading


class Batch:
    def __init__(self, merchant, name, body, signature, records):
        self.merchant, self.name, self.body = merchant, name, body
        self.signature, self.records = signature, records
        self.receipt = None


class Ledger:
    """Every batch ever sent. `faults` holds a sentence for each promise that was broken."""

    def __init__(self, receipt_keys):
        self.lock = threading.Lock()
        self.batches, self.faults = {}, []
        # The names of batches that have a receipt, by merchant.
        self.receipted = {}
        self.receipt_keys = receipt_keys
        self.counts = dict.fromkeys(
            ["uploads", "receipts", "copies", "answers lost", "told to come again"], 0)

    def add(self, batch):
        with self.lock:
            self.batches[(batch.merchant, batch.name)] = batch

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def any_receipt(self, merchant, chance):
        """A batch of the merchant's that has a receipt; None if there is none."""
        with self.lock:
            names = self.receipted.get(merchant)
            return self.batches[(merchant, chance.choice(names))] if names else None

    def knows(self, merchant, name):
        with self.lock:
            return (merchant, name) in self.batches

    def fault(self, sentence):
        with self.lock:
            self.faults.append(sentence)

    def received(self, batch, status, body, signature):
        """A receipt came: the first one, or again the first one."""
        key = self.receipt_keys[batch.merchant]
        place = f"batch {batch.name} of {batch.merchant}"
        if not signature or not key.signed(body, signature):
            self.fault(f"{place}: the receipt's signature does not hold")
        if json.loads(body)["digest"] != "sha256:" + hashlib.sha256(batch.body).hexdigest():
            self.fault(f"{place}: the receipt is of other bytes")
        with self.lock:
            first, batch.receipt = batch.receipt, batch.receipt or body
            if first is None:
                self.receipted.setdefault(batch.merchant, []).append(batch.name)
        if first is None:
            self.count("receipts")
            return
        self.count("copies")
        if status != 200:
            self.fault(f"{place}: stored a second time, answered {status}")
        if first != body:
            self.fault(f"{place}: another receipt than the first")

    def compare(self, path):
        """Holds the file against all that was sent; gives the number of its batches and records."""
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        if (found := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            self.fault(f"the database is broken: {found}")
        stored, receipts = {}, {}
        rows = database.execute(
            "SELECT m.id, b.id, b.bytes, b.receipt FROM batches b JOIN merchants m USING (merchant)")
        for merchant, name, body, receipt in rows:
            if (merchant, name) in stored:
                self.fault(f"batch {name} of {merchant} is there twice")
            stored[merchant, name], receipts[merchant, name] = bytes(body), bytes(receipt)
        for place, batch in self.batches.items():
            if batch.receipt is None:
                continue
            if place not in stored:
                self.fault(f"batch {batch.name} of {batch.merchant} has a receipt and is lost")
            elif stored[place] != batch.body or receipts[place] != batch.receipt:
                self.fault(f"batch {batch.name} of {batch.merchant} is stored as something else")
        for merchant, name in stored:
            batch = self.batches.get((merchant, name))
            if batch is None or stored[merchant, name] != batch.body:
                self.fault(f"batch {name} of {merchant} is stored and nobody sent it so: let in")
        records = database.execute("SELECT coalesce(sum(records), 0) FROM record_chunks").fetchone()[0]
        expected = sum(self.batches[place].records for place in stored if place in self.batches)
        if records != expected:
            self.fault(f"{records} records are stored, {expected} were sent: lost or doubled")
        return len(stored), records
