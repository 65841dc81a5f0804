"""A client of HTTP/2 that asks for long answers and takes them back while they wait for it to read. Standard library only.

    resets.py PORT FILE KEY…

FILE is the path of a long file that each merchant has, whose key files are named. It finds out how much it may have at
once, takes back hundreds of answers over one connection, and then over several at once; then it waits until it may have as
much again, for minutes if need be, and reads the first merchant's file.

Writes a line of JSON: how much it might have before and after, how many streams it took back over one connection and over
all, of how many files that it had begun to get and did not read, and the digest of the file.
"""
import sys

sys.dont_write_bytecode = True
import collections, hashlib, json, random, struct, time
from http2 import *
from soak.signing import Key

port, path, keys = int(sys.argv[1]), sys.argv[2], [Key(name) for name in sys.argv[3:]]
chance = random.Random(5)
# As many as a connection may have.
STREAMS = 16
ALL = (1 << 31) - 1


class Client:
    """A connection, and what became of its streams."""

    def __init__(self, window=0):
        self.connection, self.rest, self.last, self.closed = connect(port, window), b"", -1, False
        self.known, self.became, self.ended, self.body = [], {}, set(), b""

    def ask(self, heads):
        """Opens a stream for each; gives their numbers."""
        streams = [self.last + 2 * at for at in range(1, len(heads) + 1)]
        self.last = streams[-1]
        self.send(frame(HEADERS, END_STREAM | END_HEADERS, *one) for one in zip(streams, heads))
        return streams

    def send(self, pieces):
        try:
            self.connection.sendall(b"".join(pieces))
        except OSError:
            self.closed = True

    def answers(self, streams):
        """What became of each, once it is known; nothing where the connection was closed before."""
        while not self.closed and not self.became.keys() >= set(streams):
            self.read()
        return [self.became.get(stream) for stream in streams]

    def read(self):
        try:
            piece = self.connection.recv(1 << 16)
        except OSError:
            piece = b""
        whole, self.rest = frames(self.rest + piece)
        self.closed = not piece or any(kind == GOAWAY for kind, _, _, _ in whole)
        for kind, flags, stream, body in whole:
            if name := became(kind, body, self.known):
                self.became.setdefault(stream, name)
            if kind == DATA:
                self.body += body
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                self.ended.add(stream)

    def grant(self, streams, count):
        """Lets each send so many bytes more, and the connection as many."""
        self.send(frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", count)) for stream in [0] + streams)

    def take_back(self, streams):
        self.send(frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL)) for stream in streams)


def file_of(key):
    return head(path, token=key.token("quayside"))


def may_have():
    """What becomes of more files of each merchant, and of more streams besides, than one may have at once."""
    clients = [Client() for _ in range(10)]
    try:
        files = clients[0].answers(clients[0].ask([file_of(key) for key in keys for _ in range(3)]))
        streams = [
            answer for client in clients[1:] for answer in client.answers(client.ask([head("/healthz")] * STREAMS))]
        return {"files": collections.Counter(map(str, files)), "streams": collections.Counter(map(str, streams))}
    finally:
        for client in clients:
            client.connection.close()


def misuse(client, streams):
    """Takes back what was asked: at once, or as soon as all that is answered waits to be read, at first or further on.
    Gives how many files were waiting."""
    when, waiting = chance.choice(["at once", "at first", "further on"]), 0
    if when != "at once":
        found = client.answers(streams)
        waiting = found[:len(streams) // 2].count("good")
    if when == "further on":
        client.grant([stream for stream, name in zip(streams, found) if name == "good"], 20_000)
    client.take_back(streams)
    return waiting


def requests():
    """Files of each merchant, as many as it may have at once, and as many other long answers."""
    files = [file_of(key) for key in keys for _ in range(2)]
    return files + [head("/README.md")] * len(files)


before = may_have()
alone, taken_back, unread = 0, 0, 0
client = Client()
while alone < 400 and not client.closed:
    streams = client.ask(requests())
    unread += misuse(client, streams)
    alone += len(streams)
taken_back += alone
client.connection.close()

clients = [Client() for _ in range(6)]
for _ in range(1_000):
    if taken_back >= 2_000 and unread >= 200:
        break
    asked = [client.ask(requests()) for client in clients]
    for at, streams in enumerate(asked):
        unread += misuse(clients[at], streams)
        taken_back += len(streams)
        if clients[at].closed:
            # It has taken back too much in too short a time.
            clients[at].connection.close()
            clients[at] = Client()
# Some just go.
for client in clients:
    client.ask(requests())
    client.connection.close()

for _ in range(1_000):
    after = may_have()
    if after == before:
        break
    time.sleep(.2)

digest = None
for _ in range(1_000):
    client = Client(ALL)
    client.grant([], ALL - 65_535)
    stream = client.ask([file_of(keys[0])])[0]
    while not client.closed and stream not in client.ended:
        client.read()
    client.connection.close()
    if client.became.get(stream) == "good" and stream in client.ended:
        digest = "sha256:" + hashlib.sha256(client.body).hexdigest()
        break
    time.sleep(.2)
counts = {"alone": alone, "takenBack": taken_back, "unread": unread}
print(json.dumps({"before": before, "after": after, "digest": digest} | counts))
