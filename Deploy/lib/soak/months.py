"""Two months of the example's alliance, made up from a seed: what a close works on, and what comes meanwhile."""
import datetime, json, random
from .clients import MERCHANTS
from .ledger import Batch

MARCH = datetime.datetime(2025, 3, 1, 12)


class Months:
    """`march` has the batches that its close finds, `april` those that come while it is at work: of the first days of
    April, late ones of March among them."""

    def __init__(self, seed, records, keys, operator):
        self.prepare(f"{seed}-months", records, keys, operator, MARCH)
        self.march = self.batches("march", records, 2_000, lambda: self.random.uniform(0, 30))
        self.april = self.batches("april", max(60, records // 20), 20, self.around_april)

    def prepare(self, seed, records, keys, operator, start):
        self.random, self.keys, self.operator, self.start = random.Random(seed), keys, operator, start
        self.members = [f"m{number}" for number in range(max(10, records // 10))]
        self.made, self.sequences = [], {}

    def around_april(self):
        """Days since the first noon of March: mostly on the first of April, else some time before."""
        return self.random.uniform(0, 30) if self.random.random() < 0.2 else self.random.uniform(30.6, 31.2)

    def batches(self, name, count, most, day):
        waiting, batches = {}, []
        for number in range(count):
            merchant, signer, record = self.record(f"{name}-{number}", day())
            rows = waiting.setdefault((merchant, signer), [])
            rows.append(record)
            if len(rows) == most:
                batches.append(self.batch(name, merchant, signer, waiting.pop((merchant, signer))))
        return batches + [
            self.batch(name, merchant, signer, rows) for (merchant, signer), rows in sorted(waiting.items())]

    def record(self, id, day):
        """A merchant, who signs for it, and a record of so many days after the start."""
        merchant, chance = self.random.choice(MERCHANTS), self.random.random()
        at = (self.start + datetime.timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
        record = {
            "id": id, "type": "earn", "member": self.random.choice(self.members),
            "points": self.random.randrange(1, 200), "at": at}
        if chance < 0.15 and self.made:
            merchant, original = self.random.choice(self.made)
            record |= {
                "type": original["type"] + "_reversal", "member": original["member"], "ref": original["id"],
                "points": self.random.randint(1, original["points"])}
            return merchant, "merchant", record
        if chance < 0.20:
            record["type"] = self.random.choice(["opening", "correction"])
            return merchant, "operator", record
        record["type"] = "redeem" if chance < 0.5 else "earn"
        self.made.append((merchant, record))
        return merchant, "merchant", record

    def batch(self, name, merchant, signer, records):
        sequence = self.sequences[merchant, signer] = self.sequences.get((merchant, signer), 0) + 1
        totals = {}
        for record in records:
            totals[record["type"]] = totals.get(record["type"], 0) + record["points"]
        header = {
            "format": "settled-batch/1", "merchant": merchant, "batch": f"{name}-{signer}-{sequence}",
            "sequence": sequence, "records": len(records), "totals": totals}
        body = "".join(json.dumps(row) + "\n" for row in [header] + records).encode()
        key = self.operator if signer == "operator" else self.keys[merchant]
        return Batch(merchant, header["batch"], body, key.sign(body), len(records))
