"""A client of HTTP/2 that asks much at once and reads none of what it gets: its window is 0. Standard library only.

    streams.py HOST PORT PATH COUNT

Writes a line of JSON when the daemon has ended every stream or the connection: what it was told of the most streams,
how many were answered 200, how many otherwise and how many refused, how many were ended, and whether the connection was.
"""
import json, socket, ssl, struct, sys

host, port, path, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
DATA, HEADERS, RST, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
INITIAL_WINDOW, MOST_STREAMS = 4, 3


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def text(value):
    return bytes([len(value)]) + value.encode()


# HPACK without a table: GET and https by their index, the path and the authority as they are.
ask = b"\x82\x87" + b"\x04" + text(path) + b"\x01" + text(host)
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.set_alpn_protocols(["h2"])
connection = context.wrap_socket(socket.create_connection((host, port), timeout=300), server_hostname=host)
assert connection.selected_alpn_protocol() == "h2"
connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW, 0)))
streams = [1 + 2 * number for number in range(count)]
connection.sendall(b"".join(frame(HEADERS, 0x5, stream, ask) for stream in streams))

REFUSED_STREAM = 7
most, good, other, refused, ended, closed, rest = [], 0, 0, 0, set(), False, b""
while len(ended) < count and not closed:
    try:
        piece = connection.recv(1 << 16)
    except (ConnectionError, ssl.SSLError):
        piece = b""
    closed = not piece
    rest += piece
    while len(rest) >= 9 and len(rest) >= 9 + int.from_bytes(rest[:3], "big"):
        length, kind, flags = int.from_bytes(rest[:3], "big"), rest[3], rest[4]
        stream, body, rest = struct.unpack(">I", rest[5:9])[0] & 0x7FFFFFFF, rest[9:9 + length], rest[9 + length:]
        if kind == SETTINGS and not flags & 1:
            settings = [struct.unpack(">HI", body[at:at + 6]) for at in range(0, length, 6)]
            most += [value for name, value in settings if name == MOST_STREAMS]
            connection.sendall(frame(SETTINGS, 1, 0))
        elif kind == HEADERS:
            # 200 is in the table of HPACK itself.
            good, other = (good + 1, other) if body[:1] == b"\x88" else (good, other + 1)
        elif kind == RST or kind == DATA and flags & 1:
            ended.add(stream)
            refused += kind == RST and int.from_bytes(body, "big") == REFUSED_STREAM
        elif kind == GOAWAY:
            closed = True
print(json.dumps({"most": most, "good": good, "other": other, "refused": refused, "ended": len(ended), "closed": closed}))
