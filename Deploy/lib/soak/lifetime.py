"""A year that a daemon lives through under simulated time, killed again and again while it closes by itself."""
import datetime, pathlib, shutil, subprocess, time
from .closes import Aim, Sender, ended, fresh, said
from .daemon import free_port
from .house import found
from .ledger import Ledger
from .standing import NAME, Standing
from .years import X5, merchants, weekly, year


class YearFolder:
    """A data folder, and what is still to be sent to it."""

    def __init__(self, binary, data, year, receipts):
        self.binary, self.data, self.year = binary, str(data), year
        self.ledger, self.port, self.log = Ledger(receipts), free_port(), pathlib.Path(f"{data}.log")
        self.windows = [[fresh(batch) for batch in window] for window in year.windows]
        for window in self.windows:
            for batch in window:
                self.ledger.add(batch)

    def serve(self, now, closes):
        words = ["serve", "--no-config", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
                 "--now", now.isoformat()]
        words.append("--automatic-close" if closes else "--no-automatic-close")
        with open(self.log, "ab") as log:
            return subprocess.Popen([self.binary, *words], stdout=log, stderr=log)

    def send(self, group):
        """Hands in what comes before the last of these periods is due."""
        daemon = self.serve(self.year.due(group[-1]) - datetime.timedelta(hours=1), closes=False)
        waiting = [batch for period in group for batch in self.windows[period]]
        sender = Sender(self.port, waiting, self.ledger)
        sender.start()
        sender.finish(600)
        if waiting:
            self.ledger.fault(f"{len(waiting)} batches of {self.year.ids[group[0]]} were never taken")
        stop(daemon, self.ledger)

    def begin(self, group):
        """A daemon that finds these periods due."""
        return self.serve(self.year.due(group[-1]) + datetime.timedelta(seconds=1), closes=True)

    def closes(self, group):
        """Lets a daemon close those that are open, the last among them; gives the seconds from its start on."""
        begin, since = time.monotonic(), self.log.stat().st_size
        daemon = self.begin(group)
        said(self.log, f"closed {self.year.ids[group[-1]]}", since=since)
        span = time.monotonic() - begin
        # One that has not said yet that it listens does not know yet how to stop.
        said(self.log, "listening", since=since)
        stop(daemon, self.ledger)
        return span

    def rederives(self, scratch):
        """What is found wrong; empty: it all comes out again."""
        ran = subprocess.run(
            [self.binary, "rederive", "--data", self.data, "--scratch", scratch], capture_output=True, text=True)
        return "" if ran.returncode == 0 else f"{ran.returncode}: {ran.stdout}{ran.stderr}"


def stop(daemon, ledger):
    daemon.terminate()
    if ended(daemon) != 0:
        ledger.fault("a daemon that was told to stop ended otherwise, or not at all")


class Lifetime:
    """Kills closes of a year by its name; counts what it met in `counts`, and says in `faults` what was broken."""

    def __init__(self, name, options, binary, scratch, chance):
        self.name, self.binary, self.chance = name, binary, chance
        self.scratch = pathlib.Path(scratch) / name
        self.scratch.mkdir()
        alliance = X5 / "alliance-year.yaml" if name == "x5" else weekly(self.scratch)
        data, _, self.receipts = found(binary, self.scratch, alliance, merchants(alliance))
        self.year = year(name, data, self.scratch, options)
        self.faults, self.records, self.batches = [], 0, 0
        self.counts = dict.fromkeys(
            ["kills", "before its cut", "between cut and end", "with every row written", "after its end",
             "years lived through", "closes compared"], 0)
        self.rederived = self.scratch / "rederived"
        self.rederived.mkdir()
        self.undisturbed(pathlib.Path(data))

    def fault(self, place, *sentences):
        self.faults += [f"{self.name}, {place}: {sentence}" for sentence in sentences if sentence]

    def folder(self, name):
        """A copy of the folder as it was founded."""
        shutil.rmtree(self.scratch / name, ignore_errors=True)
        shutil.copytree(self.founded, self.scratch / name)
        return YearFolder(self.binary, self.scratch / name, self.year, self.receipts)

    def undisturbed(self, data):
        self.founded, spans = data, []
        folder, self.expected = self.folder("quiet"), {}
        for group in self.year.groups:
            folder.send(group)
            spans.append(folder.closes(group))
            for period in group:
                self.expected[period] = Standing(folder.data, period)
                if not self.expected[period].is_closed:
                    raise SystemExit(f"soak-closes: {self.year.ids[period]} does not close, see {folder.log}")
        self.span = sum(spans) / len(spans)
        self.aim = Aim(self.span, self.chance)
        self.end("undisturbed", folder)

    def end(self, place, folder):
        self.batches, self.records = folder.ledger.compare(f"{folder.data}/{NAME}")
        self.fault(place, *folder.ledger.faults, folder.rederives(self.rederived))

    def run(self, kills):
        """Lives through the year again and again until so many kills have met it."""
        while self.counts["kills"] < kills:
            folder, groups = self.folder("killed"), self.year.groups
            for place, group in enumerate(groups):
                folder.send(group)
                if not self.kill(folder, group, -(-(kills - self.counts["kills"]) // (len(groups) - place))):
                    folder.closes(group)
                for period in group:
                    self.fault(self.year.ids[period], *self.faults_of(folder, period))
                    self.counts["closes compared"] += 1
            self.counts["years lived through"] += 1
            self.end(f"year {self.counts['years lived through']}", folder)

    def faults_of(self, folder, period):
        standing = Standing(folder.data, period)
        if not standing.is_closed:
            yield "it did not close"
        yield from standing.faults(self.expected[period])

    def kill(self, folder, group, most):
        """Kills daemons that close a group of periods, until all are closed or so many were killed; says whether they
        are closed."""
        for _ in range(most):
            daemon = folder.begin(group)
            time.sleep(self.aim.pick())
            daemon.kill()
            daemon.wait()
            self.counts["kills"] += 1
            found = [(period, Standing(folder.data, period)) for period in group]
            for period, standing in found:
                # The next close takes rows away that are older than its own: of several they are compared at the end.
                without = ["holdings"] if len(group) > 1 else []
                self.fault(f"{self.year.ids[period]}, kill {self.counts['kills']}",
                           *standing.faults(self.expected[period], without))
            are_closed = all(standing.is_closed for _, standing in found)
            self.count(next((pair for pair in found if not pair[1].is_closed), found[-1]))
            self.aim.met(are_closed)
            if are_closed:
                return True
        return False

    def count(self, pair):
        period, standing = pair
        if standing.is_closed:
            self.counts["after its end"] += 1
        elif not standing.is_begun:
            self.counts["before its cut"] += 1
        elif standing.staged >= self.expected[period].staged:
            self.counts["with every row written"] += 1
        else:
            self.counts["between cut and end"] += 1
