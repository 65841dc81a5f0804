"""Uses one token several times at once, and again while its answer is still being read: one of them may be answered."""
import contextlib, socket, time
from .hostile import Hostile
from .http2 import Streams, head

PATHS = ["/v1/batches?limit=20", "/v1/statements/2025-03/DETAILS.csv", "/v1/statements/2025-03/STATEMENT.json"]


class Racer(Hostile):
    def __init__(self, number, seed, daemon, ledger, key, ending):
        super().__init__(number, seed, daemon, ledger, ending)
        self.key = key

    def attack(self):
        token, path = self.key.token("quayside"), self.random.choice(PATHS)
        with contextlib.ExitStack() as held:
            way = self.random.choice([self.together, self.slowly] + [self.over_one] * (self.host.trust is not None))
            good = way(token, path, held)
            self.ledger.count("tokens raced")
            # Whoever was refused asks once more.
            good += self.together(token, path, held)
        if good > 1:
            self.ledger.fault(f"a token was let in {good} times by who used it {way.__name__}")

    def ask(self, token, path, held, room=None):
        peer = held.enter_context(contextlib.closing(self.connect()))
        if room:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        return peer

    def is_good(self, peer):
        """Whether its answer is a success, as its first line says."""
        try:
            return peer.recv(15).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False

    def together(self, token, path, held):
        """Over several connections."""
        return sum([self.is_good(peer) for peer in [self.ask(token, path, held) for _ in range(4)]])

    def slowly(self, token, path, held):
        """Again and again while the first answer is read byte by byte."""
        first, good = self.ask(token, path, held, room=4096), 0
        good += self.is_good(first)
        for _ in range(3):
            first.recv(1)
            time.sleep(self.random.random() / 2)
            good += self.together(token, path, held)
        return good

    def over_one(self, token, path, held):
        """By streams of one connection."""
        streams = Streams(held.enter_context(contextlib.closing(self.connect(http2=True))))
        asked = [streams.opened(head(path, token=token)) for _ in range(8)]
        streams.peer.sendall(b"".join(data for data, _ in asked))
        return sum(streams.answers(len(asked), seconds=10))
