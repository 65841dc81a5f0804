"""Years of periods that close by themselves, cut into what comes before each close is due: one of weeks, made from a
seed, with late records and weeks of silence, and X5's months."""
import csv, datetime, pathlib, zoneinfo
from .clients import MERCHANTS
from .house import TOP
from .months import Months
from .signing import Key

X5 = TOP.parent / "shared" / "data" / "x5"


class Year:
    """`windows` has the batches of each period, `groups` the periods that close together: mostly one, some after a
    silence of the daemon's."""

    def __init__(self, starts, zone, grace, ids):
        self.ids, self.windows = ids, [[] for _ in ids]
        self.zone, self.grace, self.starts = zoneinfo.ZoneInfo(zone), datetime.timedelta(hours=grace), starts
        self.groups = [[period] for period in range(len(ids))]

    def due(self, period):
        """When a period may close: its end, a local midnight, and the grace behind it."""
        start = self.starts[period + 1]
        return datetime.datetime(start.year, start.month, start.day, tzinfo=self.zone).astimezone(
            datetime.timezone.utc) + self.grace

    def silent(self, first, count):
        """Nothing closes until that many periods from one on are due."""
        kept = [group for group in self.groups if not first <= group[0] < first + count]
        self.groups = sorted(kept + [list(range(first, first + count))])


def weekly(scratch):
    """The alliance file of the example's alliance with weeks for periods."""
    text = (TOP / "Deploy" / "example" / "alliance.yaml").read_text()
    text = text.replace("\nperiod: month\n", "\nperiod: week\n").replace("\nstart: 2025-03-01", "\nstart: 2025-03-03")
    path = pathlib.Path(scratch) / "weekly.yaml"
    path.write_text(text)
    return path


class WeeklyYear(Year, Months):
    """Most records come in their own week, one in eight up to ten weeks later."""

    def __init__(self, seed, records, weeks, keys, operator):
        monday = datetime.date(2025, 3, 3)
        starts = [monday + datetime.timedelta(weeks=week) for week in range(weeks + 1)]
        Year.__init__(self, starts, "Europe/Berlin", 24, ["%d-W%02d" % day.isocalendar()[:2] for day in starts[:-1]])
        self.prepare(f"{seed}-weeks", records, keys, operator, datetime.datetime(2025, 3, 3, 12))
        waiting = [{} for _ in self.ids]
        for number, day in enumerate(sorted(self.random.uniform(0, weeks * 7 - 0.6) for _ in range(records))):
            merchant, signer, record = self.record(f"r{number}", day)
            late = self.random.randint(1, 10) if self.random.random() < 0.12 else 0
            week = min(int((day + 0.5) // 7) + late, weeks - 1)
            waiting[week].setdefault((merchant, signer), []).append(record)
        for week, rows in enumerate(waiting):
            self.windows[week] = [self.batch(f"w{week}", *whose, rows[whose]) for whose in sorted(rows)]
        for first in range(5, weeks - 3, 11):
            self.silent(first, 3)


class X5Year(Year, Months):
    """Five months of X5's stores; what was brought in is signed by the operator."""

    def __init__(self, keys, operator):
        starts = [datetime.date(2018, 11, 1), datetime.date(2018, 12, 1)]
        starts += [datetime.date(2019, month, 1) for month in range(1, 5)]
        ids = [f"{day:%Y-%m}" for day in starts[:-1]]
        Year.__init__(self, starts, "Europe/Moscow", 24, ids)
        self.prepare("x5", 1, keys, operator, None)
        waiting = [{} for _ in ids]
        for row in csv.DictReader((X5 / "records.csv").open()):
            merchant = row.pop("merchant")
            record = {name: text for name, text in row.items() if text}
            for name in {"points", "amount"} & record.keys():
                record[name] = int(record[name])
            signer = "operator" if record["type"] in ("opening", "correction") else "merchant"
            waiting[ids.index(record["at"][:7])].setdefault((merchant, signer), []).append(record)
        for month, rows in enumerate(waiting):
            self.windows[month] = [self.batch(ids[month], *whose, rows[whose]) for whose in sorted(rows)]
        self.silent(1, 2)


def merchants(alliance):
    """The ids of an alliance file's merchants."""
    listed = pathlib.Path(alliance).read_text().split("\nmerchants:")[1].split("\ncampaigns:")[0].split("\nitems:")[0]
    return [line.split("id:")[1].strip() for line in listed.splitlines() if line.strip().startswith("- id:")]


def year(name, data, scratch, options):
    """A year by its name, with the keys of a data folder."""
    operator = Key(f"{data}/keys/operator_1.key")
    if name == "x5":
        keys = {id: Key(f"{data}/keys/batch_{id}_1.key") for id in merchants(X5 / "alliance-year.yaml")}
        return X5Year(keys, operator)
    keys = {id: Key(f"{data}/keys/batch_{id}_1.key") for id in MERCHANTS}
    return WeeklyYear(options.seed, options.records, options.weeks, keys, operator)
