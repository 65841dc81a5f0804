"""The rows of the table: what each measures, what it is held against, and what is good enough."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    key: str
    # With the sizes of the run in braces: {main}, {large} and {small}.
    title: str
    # Of what is measured, in a run: ours and what it is held against.
    unit: str
    # What it is held against: the row's figure is ours divided by that. Empty: the figure is ours alone.
    against: str
    # Whether more is better, or less.
    more: bool
    # The worst figure that is good enough, and the one to aim at. None: the row is shown and not judged.
    least: float | None
    aim: float | None
    # The stage that measures it: a function of stages.py.
    stage: str

    def reaches(self, figure, bound):
        return figure >= bound if self.more else figure <= bound


RATE, FLAT = "records/s", "µs/record"

ROWS = [
    Row("intake", "intake in the process, {main}", RATE, "C ingest_limit", True, 0.5, 0.65, "settle"),
    Row("http", "the same through HTTP, 20 clients", RATE, "C ingest_limit", True, 0.35, 0.5, "http"),
    Row("growth", "intake, last tenth of {large}", RATE, "its first tenth", True, 0.8, 0.95, "large"),
    Row("bytes", "written to the device by intake, {main}", "bytes/record", "", False, 450, 300, "settle"),
    Row("scan-ndjson", "NDJSON scanner, {main}", RATE, "C any-order scan", True, 0.4, 0.7, "scan"),
    Row("scan-csv", "CSV scanner, {main}", RATE, "C any-order scan", True, 0.4, 0.7, "scan"),
    Row("close", "close of {main}", RATE, "C settle_limit db merge", True, 0.35, 0.7, "settle"),
    Row("python", "intake + close of {main}", RATE, "Python + orjson", True, 1.3, 2, "peers"),
    Row("beancount", "intake + close of {small}", RATE, "beancount", True, 30, 60, "peers"),
    Row("hledger", "intake + close of {small}", RATE, "hledger, balances only", True, 10, 20, "peers"),
    Row("close-memory", "peak memory of the close of {large}", "MB", "", False, 512, 256, "large"),
    Row("intake-flat", "intake of {large}, time a record", FLAT, "at {small}", False, 1.3, 1.1, "large"),
    Row("close-flat", "close of {large}, time a record", FLAT, "at {small}", False, 1.3, 1.1, "large"),
    Row("start", "start of the daemon on {large}, until ready", "s", "", False, 2, 0.5, "large"),
    Row("first", "and from there to its first receipt", "s", "", False, None, None, "large"),
    Row("read", "a read by API during full intake, p99", "ms", "", False, 20, 5, "reads"),
    Row("simulate", "simulate of the X5 year, whole process", "s", "", False, 1, 0.3, "simulate"),
    Row("zipf-intake", "intake of {main}, members by Zipf's law", RATE, "the plain ones", True, None, None, "variants"),
    Row("zipf-close", "close of them", RATE, "the plain ones", True, None, None, "variants"),
    Row("reversals-intake", "intake of {main}, 5 % reversals", RATE, "the plain ones", True, None, None, "variants"),
    Row("reversals-close", "close of them", RATE, "the plain ones", True, None, None, "variants"),
    Row("expiring-intake", "intake of {main}, points expire", RATE, "the plain ones", True, None, None, "variants"),
    Row("expiring-close", "close of them, in three periods", RATE, "the plain ones", True, None, None, "variants"),
]

KEYS = [row.key for row in ROWS]


def count(number):
    """A count of records as one says it: 10 M, 100 k, 2000."""
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= size and number % (size // 10) == 0:
            return f"{number / size:g} {name}"
    return str(number)


class Sizes:
    """How many records the rows are measured on."""

    def __init__(self, main):
        self.main, self.large, self.small = main, main * 10, max(main // 10, 1)

    def words(self):
        return {"main": count(self.main), "large": count(self.large), "small": count(self.small)}
