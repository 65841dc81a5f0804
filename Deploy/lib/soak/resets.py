"""Opens streams of HTTP/2 in bursts and resets each at once, so that what was begun is for nobody."""
import contextlib
from .hostile import Hostile
from .http2 import Streams, head


class Resetter(Hostile):
    def __init__(self, number, seed, daemon, ledger, key, ending):
        super().__init__(number, seed, daemon, ledger, ending)
        self.key = key

    def attack(self):
        """Until the daemon closes the connection, or enough."""
        with contextlib.closing(self.connect(http2=True)) as peer:
            streams = Streams(peer)
            for _ in range(20):
                burst = b""
                for _ in range(self.random.choice([1, 15, 150])):
                    opened, stream = streams.opened(*self.request())
                    burst += opened + streams.reset(stream)
                    self.ledger.count("streams reset")
                peer.sendall(burst)
                streams.answers(1 << 20, seconds=self.random.random() / 20)
                if streams.closed:
                    break

    def request(self):
        """A head, and whether that is all of the request."""
        return self.random.choice([
            (head("/v1/batches", "POST"), False), (head("/README.md"), True),
            (head("/v1/statements/2025-03/DETAILS.csv", token=self.key.token("quayside")), True)])
