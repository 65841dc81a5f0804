"""A client of HTTP/2 that asks for the same over many connections and reads no body. Standard library only.

    unread.py PORT PATH CONNECTIONS STREAMS PEERS WINDOW < TOKENS

Its connections come from so many addresses of the loopback in turn, as far as those may have more. Reads a token a line,
one for each request. With a window of 0 it ends when each request is answered, its body still unread, or refused, or its
connection closed. With a larger one, which all connections grant, it reads nothing at all for a few seconds, and then
until something is answered over each connection, or it is closed, and one request at least has what it asked for:
refusals are written sooner.

Writes a line of JSON: how many were answered 200, how many 503 or 429 and how many otherwise; how many were refused as streams
that are one too many, and how many reset for another reason; over how many connections anything was answered, and over how
many all was, or refused.
"""
import sys

sys.dont_write_bytecode = True
import json, resource, select, struct
from http2 import *

port, path = int(sys.argv[1]), sys.argv[2]
count, streams, peers, window = (int(word) for word in sys.argv[3:])
tokens = [line.strip() for line in sys.stdin]
resource.setrlimit(resource.RLIMIT_NOFILE, [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2)
open_ones, rests, answered = [], {}, {}
for number in range(count):
    try:
        connection = connect(port, window, f"127.0.0.{1 + number % peers}")
        if window:
            connection.sendall(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", (1 << 31) - 1 - 65_535)))
    except OSError:
        # Its address has as many as it may have.
        continue
    open_ones.append(connection)
    rests[connection], answered[connection] = b"", 0
for number, connection in enumerate(open_ones):
    asked = [head(path, token=token) for token in tokens[number * streams:(number + 1) * streams]]
    heads = [frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, one) for at, one in enumerate(asked)]
    try:
        connection.sendall(b"".join(heads))
    except OSError:
        # It was closed already.
        pass

begun, whole, waiting, known = set(), 0, list(open_ones), {connection: [] for connection in open_ones}
if window:
    # What the daemon makes of answers that are not read is made meanwhile.
    select.select([], [], [], 8)
counts = dict.fromkeys(["good", "busy", "other", "refused", "reset"], 0)


def is_enough():
    """Whether answers that are granted have begun: over each connection any, and one that is no refusal."""
    return window and counts["good"] and begun.issuperset(waiting)


while waiting and not is_enough():
    for connection in select.select(waiting, [], [], 300)[0] or sys.exit("no answer for 300 seconds"):
        try:
            piece = connection.recv(1 << 16)
        except OSError:
            piece = b""
        found, rests[connection] = frames(rests[connection] + piece)
        for kind, flags, stream, body in found:
            if name := became(kind, body, known[connection]):
                counts[name] += 1
                answered[connection] += 1
            if kind == HEADERS:
                begun.add(connection)
        whole += answered[connection] == streams
        if not piece or answered[connection] == streams:
            waiting.remove(connection)
print(json.dumps(counts | {"begun": len(begun), "whole": whole}))
sys.stdout.flush()
# The bodies stay unread a while, so that all that the daemon would make of them is made.
select.select([], [], [], 0 if window else 3)
