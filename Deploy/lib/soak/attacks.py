"""What is not sent by honest clients. None of it may be answered by a success, nor be stored."""
import base64, gzip, json, socket, time
from .hostile import Hostile

# Members of gzip may follow each other; a block of zstd may say one byte and how often it is there (RFC 8878 §3.1.1.2).
GZIP_BOMB = gzip.compress(bytes(1 << 24)) * 64
ZSTD_BOMB = (
    bytes.fromhex("28b52ffd0038")
    + ((0x20000 << 3 | 2).to_bytes(3, "little") + b" ") * 8191 + (0x20000 << 3 | 3).to_bytes(3, "little") + b" ")


class Attacker(Hostile):
    def __init__(self, number, seed, daemon, ledger, key, ending):
        super().__init__(number, seed, daemon, ledger, ending)
        self.key = key

    def attack(self):
        way = self.random.choice([
            self.forged, self.smuggled, self.garbage, self.slow, self.endless, self.broken_off, self.bomb, self.prying,
            self.unwrapped])
        answer = way()
        if b"HTTP/1.1 2" in answer:
            self.ledger.fault(f"the attack {way.__name__} was answered {answer[:120]!r}")

    def body(self):
        header = {
            "format": "settled-batch/1", "merchant": "bakery", "batch": f"attack-{self.random.random()}",
            "sequence": 1_000_000 + self.random.randrange(1_000_000), "records": 0, "totals": {}}
        return json.dumps(header).encode() + b"\n"

    def forged(self):
        """Signatures that hold only for who looks badly."""
        body = self.body()
        good = self.key.sign(body)
        head, _, mac = good.partition("..")
        def header(**members):
            whole = {"alg": "HS256", "kid": self.key.id, "b64": False, "crit": ["b64"]} | members
            return base64.urlsafe_b64encode(json.dumps(whole).encode()).rstrip(b"=").decode()
        signature = self.random.choice([
            f"{head}..{mac[:-4]}AAAA", f"{head}..", f"{head}.{mac}", f"{header(alg='none')}..",
            f"{header(alg='none')}..{mac}", f"{header(b64=True)}..{mac}", f"{header(crit=[])}..{mac}",
            f"{header(kid='operator/1')}..{mac}", f"{header(kid='batch/books/1')}..{mac}",
            self.key.sign(body + b"x"), self.key.sign(b""), "x" * 3000, "é"])
        return self.post(body, signature)

    def prying(self):
        """Tokens that hold only for who looks badly."""
        key, now = self.key, int(time.time())
        head, body, mac = key.token("quayside").split(".")
        nobody = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        token = self.random.choice([
            key.token("quayside", alg="none"), key.token("quayside", kid="batch/books/1"),
            key.token("quayside", kid="operator/1"), key.token("quayside", sub="books"), key.token("elsewhere"),
            key.token("quayside", exp=now + 3600), key.token("quayside", iat=now - 90_000, exp=now - 89_900),
            f"{head}.{body}.", f"{head}.{body}.{mac[:-4]}AAAA", f"{nobody}.{body}.", "x" * 5000])
        path = self.random.choice(["/v1/batches", "/v1/statements", "/v1/points", "/v1/closings/preview"])
        return self.exchange(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n".encode())

    def bomb(self):
        """A gibibyte that comes as a few kilobytes."""
        encoding, body = self.random.choice([("gzip", GZIP_BOMB), ("zstd", ZSTD_BOMB)])
        head = (
            f"POST /v1/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/csv\r\n"
            f"Content-Encoding: {encoding}\r\n"
            f"Content-Length: {len(body)}\r\nSettled-Signature: {self.key.sign(b'')}\r\n\r\n").encode()
        return self.exchange(head + body)

    def unwrapped(self):
        """No TLS where it is wanted."""
        with socket.create_connection(("127.0.0.1", self.host.port), timeout=5) as peer:
            peer.sendall(self.random.choice([
                b"GET /v1/batches HTTP/1.1\r\nHost: x\r\n\r\n", self.random.randbytes(2000)]))
            return peer.recv(1 << 16)

    def smuggled(self):
        hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        framing = self.random.choice([
            b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Content-Length: 4\r\nContent-Length: 0",
            b"Transfer-Encoding: cow", b"Content-Length: -4", b"X: y\r\n Content-Length: 4",
            b"Content-Length : 4", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"])
        return self.exchange(
            b"POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n" + framing + b"\r\n\r\n"
            + b"0\r\n\r\n" + hidden)

    def garbage(self):
        return self.exchange(self.random.randbytes(self.random.randrange(1, 20_000)))

    def slow(self):
        with self.connect(timeout=5) as peer:
            for byte in b"POST /v1/batches HT":
                peer.sendall(bytes([byte]))
                time.sleep(0.02)
        return b""

    def endless(self):
        """More than the largest batch, under a name that is known."""
        head = (
            b"POST /v1/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/csv\r\n"
            b"Transfer-Encoding: chunked\r\nSettled-Signature: " + self.key.sign(b"").encode() + b"\r\n\r\n")
        piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        return self.exchange(head + piece * 80)

    def broken_off(self):
        body = self.body()
        with self.connect(timeout=5) as peer:
            peer.sendall(self.head(len(body), self.key.sign(body)) + body[:-1])
        return b""

    def post(self, body, signature):
        return self.exchange(self.head(len(body), signature) + body)

    def head(self, length, signature):
        return (
            f"POST /v1/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n"
            f"Content-Length: {length}\r\nSettled-Signature: {signature}\r\n\r\n").encode()

    def exchange(self, data):
        with self.connect(timeout=5) as peer:
            answer = b""
            try:
                peer.sendall(data)
                while piece := peer.recv(1 << 16):
                    answer += piece
                    # What else comes, if the connection is not closed.
                    peer.settimeout(0.5)
            except OSError:
                pass
            return answer
