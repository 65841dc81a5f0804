"""What clients of HTTP/2 that do what no library would have in common. Standard library only."""
import pathlib, socket, ssl, struct, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Deploy/lib"))
from soak.http2 import CANCEL, END_HEADERS, END_STREAM, GOAWAY, HEADERS, INITIAL_WINDOW, RST_STREAM, SETTINGS, frame, head

DATA, WINDOW_UPDATE, ACK, MOST_STREAMS, REFUSED_STREAM = 0, 8, 1, 3, 7
# 200 is in the table of HPACK itself.
GOOD = b"\x88"

# 503 and 429 are not, and say when to come again: with the code of HPACK, and as they are.
BUSY = [b"\x6c\x0c\xff", b"503", b"\x68\x4f\xff", b"429"]


def status(head, known):
    """The status that the head of an answer begins with: its byte in the table, or how its digits are written. `known` are
    those that the connection remembers, the latest first."""
    if head[0] >= 0x80:
        return known[head[0] - 0x80 - 62] if head[0] - 0x80 >= 62 else head[:1]
    value = head[2:2 + (head[1] & 0x7F)]
    if head[0] >= 0x40:
        known.insert(0, value)
    return value


def became(kind, body, known):
    """What became of a request; nothing: it is not known yet."""
    if kind == HEADERS:
        found = status(body, known)
        return "good" if found == GOOD else "busy" if found in BUSY else "other"
    if kind == RST_STREAM:
        return "refused" if int.from_bytes(body, "big") == REFUSED_STREAM else "reset"


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
