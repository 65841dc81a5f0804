"""A client of HTTP/2 that asks for the same over many connections and reads no body. Standard library only.

    unread.py PORT PATH CONNECTIONS STREAMS PEERS WINDOW < TOKENS

Its connections come from so many addresses of the loopback in turn. Reads a token a line, one for each request. With a
window of 0 it ends when each request is answered, its body still unread, or refused, or its connection closed. With a
larger one, which all connections grant, it reads nothing at all, for a few seconds. Writes a line of JSON: how many were
answered 200, how many refused as streams that are one too many, and how many answered otherwise.
"""
import json, resource, select, socket, ssl, struct, sys

port, path = int(sys.argv[1]), sys.argv[2]
count, streams, peers, window = (int(word) for word in sys.argv[3:])
tokens = [line.strip() for line in sys.stdin]
resource.setrlimit(resource.RLIMIT_NOFILE, [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2)
HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE, INITIAL_WINDOW, REFUSED_STREAM = 1, 3, 4, 8, 4, 7


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
    return b"\x82\x87\x04" + text(path) + b"\x01" + text("localhost") + b"\x0f\x08" + text("Bearer " + token)


context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.set_alpn_protocols(["h2"])
open_ones, rests, answered = [], {}, {}
for number in range(count):
    connection = socket.create_connection(
        ("127.0.0.1", port), timeout=300, source_address=(f"127.0.0.{1 + number % peers}", 0))
    connection = context.wrap_socket(connection, server_hostname="localhost")
    first = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW, window))
    if window:
        first += frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", (1 << 31) - 1 - 65_535))
    open_ones.append(connection)
    rests[connection], answered[connection] = b"", 0
    connection.sendall(first)
for number, connection in enumerate(open_ones):
    asked = [ask(tokens[number * streams + at]) for at in range(streams)]
    try:
        connection.sendall(b"".join(frame(HEADERS, 5, 1 + 2 * at, head) for at, head in enumerate(asked)))
    except OSError:
        # It was closed already.
        pass

good, refused, other, waiting = 0, 0, 0, [] if window else list(open_ones)
while waiting:
    for connection in select.select(waiting, [], [], 300)[0] or sys.exit("no answer for 300 seconds"):
        try:
            piece = connection.recv(1 << 16)
        except OSError:
            piece = b""
        rest = rests[connection] + piece
        while len(rest) >= 9 and len(rest) >= 9 + int.from_bytes(rest[:3], "big"):
            length, kind = int.from_bytes(rest[:3], "big"), rest[3]
            if kind == HEADERS:
                # 200 is in the table of HPACK itself.
                isGood = rest[9:10] == b"\x88"
                good, other, answered[connection] = good + isGood, other + (not isGood), answered[connection] + 1
            elif kind == RST_STREAM and int.from_bytes(rest[9:13], "big") == REFUSED_STREAM:
                refused, answered[connection] = refused + 1, answered[connection] + 1
            rest = rest[9 + length:]
        rests[connection] = rest
        if not piece or answered[connection] == streams:
            waiting.remove(connection)
print(json.dumps({"good": good, "refused": refused, "other": other}))
sys.stdout.flush()
# The bodies stay unread a while, so that all that the daemon would make of them is made.
select.select([], [], [], 8 if window else 3)
