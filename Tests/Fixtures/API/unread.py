"""A client of HTTP/2 that asks for the same over many connections and reads no body: its window is 0. Standard library only.

    unread.py HOST PORT PATH CONNECTIONS STREAMS < TOKENS

Reads a token a line, one for each request. Ends when each is answered, its body still unread, or its connection closed;
writes a line of JSON: how many were answered 200 and how many otherwise.
"""
import json, select, socket, ssl, struct, sys

host, port, path, count, streams = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
tokens = [line.strip() for line in sys.stdin]
HEADERS, SETTINGS, INITIAL_WINDOW = 1, 4, 4


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def text(value):
    """A string of HPACK: its length, seven bits of it and then the rest, seven bits a byte."""
    rest, length = len(value) - 127, bytes([min(len(value), 127)])
    while rest >= 0:
        length += bytes([rest % 128 + (128 if rest >= 128 else 0)])
        rest = rest // 128 if rest >= 128 else -1
    return length + value.encode()


def ask(token):
    """GET and https by their index in HPACK, the path, the authority and the token as they are."""
    return b"\x82\x87\x04" + text(path) + b"\x01" + text(host) + b"\x0f\x08" + text("Bearer " + token)


context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.set_alpn_protocols(["h2"])
open_ones, rests, answered = [], {}, {}
for number in range(count):
    connection = context.wrap_socket(socket.create_connection((host, port), timeout=300), server_hostname=host)
    first = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW, 0))
    asked = [ask(tokens[number * streams + at]) for at in range(streams)]
    connection.sendall(first + b"".join(frame(HEADERS, 5, 1 + 2 * at, head) for at, head in enumerate(asked)))
    open_ones.append(connection)
    rests[connection], answered[connection] = b"", 0

good, other, waiting = 0, 0, list(open_ones)
while waiting:
    for connection in select.select(waiting, [], [], 300)[0] or sys.exit("no answer for 300 seconds"):
        try:
            piece = connection.recv(1 << 16)
        except (ConnectionError, ssl.SSLError):
            piece = b""
        rest = rests[connection] + piece
        while len(rest) >= 9 and len(rest) >= 9 + int.from_bytes(rest[:3], "big"):
            length, kind = int.from_bytes(rest[:3], "big"), rest[3]
            if kind == HEADERS:
                # 200 is in the table of HPACK itself.
                isGood = rest[9:10] == b"\x88"
                good, other, answered[connection] = good + isGood, other + (not isGood), answered[connection] + 1
            rest = rest[9 + length:]
        rests[connection] = rest
        if not piece or answered[connection] == streams:
            waiting.remove(connection)
print(json.dumps({"good": good, "other": other}))
sys.stdout.flush()
# The bodies stay unread a while, so that all that the daemon would make of them is made.
select.select([], [], [], 3)
