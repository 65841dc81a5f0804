"""Frames of HTTP/2 as bytes (RFC 9113 §4.1), for clients that do what no library would. Standard library only."""
import socket, ssl, struct

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
MOST_STREAMS, INITIAL_WINDOW = 3, 4
REFUSED_STREAM = 7
# 200 is in the table of HPACK itself.
GOOD = b"\x88"


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def text(value):
    """A string of HPACK: its length, seven bits of it and then the rest, seven bits a byte."""
    rest, length = len(value) - 127, bytes([min(len(value), 127)])
    while rest >= 0:
        length += bytes([rest % 128 + (128 if rest >= 128 else 0)])
        rest = rest // 128 if rest >= 128 else -1
    return length + value.encode()


def asking(path, token=None):
    """A head: GET and https by their index in HPACK, the path, the authority and the token as they are."""
    head = b"\x82\x87\x04" + text(path) + b"\x01" + text("localhost")
    return head + (b"\x0f\x08" + text("Bearer " + token) if token else b"")


def connect(port, window, address="127.0.0.1"):
    """A connection from an address of the loopback, which lets every stream send so many bytes at first."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    connection = socket.create_connection(("127.0.0.1", port), timeout=300, source_address=(address, 0))
    connection = context.wrap_socket(connection, server_hostname="localhost")
    assert connection.selected_alpn_protocol() == "h2"
    setting = struct.pack(">HI", INITIAL_WINDOW, window)
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, setting))
    return connection


def frames(received):
    """The whole frames at the beginning of what was received, as (kind, flags, stream, body), and what is left."""
    whole = []
    while len(received) >= 9 and len(received) >= 9 + int.from_bytes(received[:3], "big"):
        end = 9 + int.from_bytes(received[:3], "big")
        stream = struct.unpack(">I", received[5:9])[0] & 0x7FFFFFFF
        whole.append((received[3], received[4], stream, received[9:end]))
        received = received[end:]
    return whole, received
