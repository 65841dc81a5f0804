"""A client of HTTP/2 that hangs up amid what it asks, in every way there is. Standard library only.

    hangups.py PORT STREAMS ROUNDS < TOKENS

Each round asks over so many streams of a new connection and ends it within a few milliseconds. A third of what it asks has
a token, and waits for a reader's thread. Fails when the daemon does not answer another connection after that, or in the
end not all that one may ask at once from the same address.
"""
import sys

sys.dont_write_bytecode = True
import itertools, random, socket, struct, time
from http2 import *

port, streams, rounds = (int(word) for word in sys.argv[1:])
chance = random.Random(streams)
tokens = itertools.cycle([line.strip() for line in sys.stdin])
MINE = "127.0.0.9"


def asked(at):
    return head("/README.md") if at % 3 else head("/v1/batches", token=next(tokens))


def heads(first):
    """Every second one says that a body follows."""
    numbers = [(at, first + 2 * at) for at in range(streams)]
    return b"".join(
        frame(HEADERS, END_HEADERS | END_STREAM * (number % 4 == 1), number, asked(at)) for at, number in numbers)


def close(connection):
    connection.close()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def more_and_reset(connection):
    connection.sendall(heads(1 + 2 * streams))
    reset(connection)


def take_back(connection):
    connection.sendall(b"".join(frame(RST_STREAM, 0, 1 + 2 * at, struct.pack(">I", CANCEL)) for at in range(streams)))
    connection.close()


def end_half(connection):
    connection.shutdown(socket.SHUT_WR)
    time.sleep(chance.uniform(0, .01))
    connection.close()


def answers(count, address):
    """The heads of as many answers, as far as they come, over a new connection; none of a stream that is refused."""
    connection, received, found, refused = connect(port, 65_535, address), b"", [], 0
    ask = [frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, head("/healthz")) for at in range(count)]
    connection.sendall(b"".join(ask))
    while len(found) + refused < count:
        piece = connection.recv(1 << 16)
        assert piece, "the connection ended unanswered"
        whole, received = frames(received + piece)
        found += [body for kind, _, _, body in whole if kind == HEADERS]
        refused += sum(kind == RST_STREAM for kind, _, _, _ in whole)
    connection.close()
    return found


for number in range(rounds):
    for end in [close, reset, more_and_reset, take_back, end_half]:
        connection = connect(port, chance.choice([0, 65_535]), MINE)
        try:
            connection.sendall(heads(1))
            time.sleep(chance.uniform(0, .01))
            end(connection)
        except OSError:
            # The daemon was first.
            connection.close()
    found = answers(1, "127.0.0.1")
    assert [answer[:1] for answer in found] == [GOOD], found

# What is still at work for nobody keeps its place for a while.
for _ in range(600):
    found = answers(16, MINE)
    if len(found) == 16:
        break
    time.sleep(.1)
assert [answer[:1] for answer in found] == [GOOD] * 16, found
