"""How a period stands in a data folder. Only a copy is opened: what a killed process left in the log is for the program
to recover, not for us."""
import pathlib, shutil, sqlite3, tempfile

NAME = "settled.sqlite"
# What a close writes of its period, in an order that does not hang on how it was interrupted.
ROWS = {
    "statements": "SELECT merchant, number, balance, points, digest, details_digest, details_rows, document, signature, "
    "seal FROM statements WHERE period = ? ORDER BY merchant",
    "closings": "SELECT number, digest, document, signature, seal FROM closings WHERE period = ?",
    "journal": "SELECT account, closing FROM journal WHERE period = ? ORDER BY account",
    "outcomes": "SELECT record, state, code, attempts, missing FROM outcomes WHERE period = ? ORDER BY record",
    "holdings": "SELECT member, bytes FROM holdings WHERE period = ? ORDER BY member",
    "settlements": "SELECT first_member, last_member, bytes FROM settlements WHERE period = ? ORDER BY first_member",
    "periods": "SELECT id, starts, ends, alliance, settled, pending, refused, late FROM periods WHERE period = ?",
}
# What counts at once, in the last transaction.
AT_THE_END = ["statements", "closings", "journal", "periods"]


class Standing:
    """The rows of a period as they are found; `is_closed`, and whether a cut `is_begun`."""

    def __init__(self, data, period):
        with tempfile.TemporaryDirectory(dir=pathlib.Path(data).parent) as look:
            for suffix in ["", "-wal"]:
                if (file := pathlib.Path(data) / (NAME + suffix)).exists():
                    shutil.copy(file, look)
            database = sqlite3.connect(f"{look}/{NAME}")
            self.integrity = database.execute("PRAGMA quick_check").fetchone()[0]
            self.rows = {name: database.execute(sql, (period,)).fetchall() for name, sql in ROWS.items()}
            begun = database.execute("SELECT count(*) FROM cuts WHERE period = ? AND begun = 1", (period,))
            self.is_begun = begun.fetchone()[0] == 1
            database.close()
        self.is_closed = bool(self.rows["periods"])

    @property
    def staged(self):
        """How many rows of what counts at the end only are there."""
        return sum(len(self.rows[name]) for name in ["outcomes", "holdings", "settlements"])

    def faults(self, expected, without=()):
        """A sentence for everything that is between open and closed, or not as an undisturbed close left it, some tables
        left out."""
        if self.integrity != "ok":
            yield f"the database is broken: {self.integrity}"
        if self.is_closed:
            if self.is_begun:
                yield "the period is closed, and its close still at work"
            for name, rows in self.rows.items():
                if name not in without and rows != expected.rows[name]:
                    yield f"closed, and {name} are not those of an undisturbed close"
            return
        for name in AT_THE_END:
            if self.rows[name]:
                yield f"the period is open, and {len(self.rows[name])} rows of {name} are there"
