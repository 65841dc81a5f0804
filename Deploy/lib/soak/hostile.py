"""Who is no honest client: attacks again and again."""
import random, threading, time


class Hostile(threading.Thread):
    """Calls `attack` until `ending`, from an address of its own: it may take what one address may."""

    def __init__(self, number, seed, daemon, ledger, ending):
        super().__init__(daemon=True)
        self.random = random.Random(f"{seed}-{type(self).__name__}-{number}")
        self.host, self.ledger, self.ending = daemon, ledger, ending
        self.address = f"127.0.{1 + sum(type(self).__name__.encode()) % 200}.{1 + number}"
        self.tried = 0

    def run(self):
        while not self.ending.is_set():
            self.host.up.wait(timeout=1)
            try:
                self.attack()
            except OSError:
                continue
            finally:
                time.sleep(self.random.random() / 5)
            self.tried += 1

    def connect(self, timeout=10, http2=False):
        return self.host.connect(timeout, source=self.address, http2=http2)
