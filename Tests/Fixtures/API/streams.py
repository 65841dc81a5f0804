"""A client of HTTP/2 that asks much at once and reads none of what it gets: its window is 0. Standard library only.

    streams.py PORT PATH COUNT

Writes a line of JSON when the daemon has ended every stream or the connection: what it was told of the most streams,
how many were answered 200, with heads of how many lengths, how many otherwise and how many refused, how many were ended,
whether the connection was, and which stream it was told was the last that anything was made of.
"""
import sys

sys.dont_write_bytecode = True
import contextlib, json, ssl, struct
from http2 import *

port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
connection = connect(port, window=0)
streams = [1 + 2 * number for number in range(count)]
connection.sendall(b"".join(frame(HEADERS, END_STREAM | END_HEADERS, stream, head(path)) for stream in streams))

most, good, other, refused, ended, lengths, closed, last, rest = [], 0, 0, 0, set(), set(), False, None, b""
while len(ended) < count and not closed:
    try:
        piece = connection.recv(1 << 16)
    except (ConnectionError, ssl.SSLError):
        piece = b""
    closed = not piece
    whole, rest = frames(rest + piece)
    for kind, flags, stream, body in whole:
        if kind == SETTINGS and not flags & ACK:
            settings = [struct.unpack(">HI", body[at:at + 6]) for at in range(0, len(body), 6)]
            most += [value for name, value in settings if name == MOST_STREAMS]
            with contextlib.suppress(OSError):
                connection.sendall(frame(SETTINGS, ACK, 0))
        elif kind == HEADERS:
            good, other = (good + 1, other) if body[:1] == GOOD else (good, other + 1)
            lengths.add(len(body))
        elif kind == RST_STREAM or kind == DATA and flags & END_STREAM:
            ended.add(stream)
            refused += kind == RST_STREAM and int.from_bytes(body, "big") == REFUSED_STREAM
        elif kind == GOAWAY:
            closed, last = True, int.from_bytes(body[:4], "big")
counts = {"good": good, "heads": len(lengths), "other": other, "refused": refused, "ended": len(ended)}
print(json.dumps({"most": most, "closed": closed, "last": last} | counts))
