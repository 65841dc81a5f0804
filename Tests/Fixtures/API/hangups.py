"""A client of HTTP/2 that hangs up amid what it asks, in every way there is. Standard library only.

    hangups.py PORT STREAMS ROUNDS

Each round asks over so many streams of a new connection and ends it within a few milliseconds. Fails when the daemon does
not answer another connection after that.
"""
import sys

sys.dont_write_bytecode = True
import random, socket, struct, time
from http2 import *

port, streams, rounds = (int(word) for word in sys.argv[1:])
chance = random.Random(streams)


def heads(first):
    """Every second one says that a body follows."""
    numbers = [first + 2 * at for at in range(streams)]
    return b"".join(
        frame(HEADERS, END_HEADERS | END_STREAM * (number % 4 == 1), number, head("/README.md")) for number in numbers)


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


for number in range(rounds):
    for end in [close, reset, more_and_reset, take_back, end_half]:
        connection = connect(port, chance.choice([0, 65_535]), "127.0.0.9")
        try:
            connection.sendall(heads(1))
            time.sleep(chance.uniform(0, .01))
            end(connection)
        except OSError:
            # The daemon was first.
            connection.close()
    honest, received, answer = connect(port, 65_535), b"", None
    honest.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 1, head("/healthz")))
    while answer is None:
        piece = honest.recv(1 << 16)
        assert piece, "the connection ended unanswered"
        whole, received = frames(received + piece)
        answer = next((body for kind, _, _, body in whole if kind == HEADERS), None)
    assert answer[:1] == GOOD, answer
    honest.close()
