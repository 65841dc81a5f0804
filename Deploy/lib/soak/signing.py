"""Detached JWS and JWT with HS256 (rulebook §3), written from the RFCs and without the daemon's code."""
import base64, hashlib, hmac, json, pathlib, secrets, time


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    def __init__(self, path):
        key = json.loads(pathlib.Path(path).read_text())
        self.id = key["kid"]
        self.secret = base64.urlsafe_b64decode(key["k"] + "=" * (-len(key["k"]) % 4))

    def sign(self, payload):
        header = {"alg": "HS256", "kid": self.id, "b64": False, "crit": ["b64"]}
        head = unpadded(json.dumps(header, separators=(",", ":")).encode())
        return f"{head}..{self._mac(head, payload)}"

    def signed(self, payload, signature):
        """Whether the signature is this key's over the payload."""
        head, _, mac = signature.partition("..")
        return hmac.compare_digest(self._mac(head, payload), mac)

    def token(self, alliance, **other):
        """A token to read by, good for a minute, unless `other` claims or members of its header say otherwise."""
        now = int(time.time())
        header = {"alg": other.pop("alg", "HS256"), "kid": other.pop("kid", self.id)}
        claims = {"aud": alliance, "iat": now, "exp": now + 60, "jti": secrets.token_hex(12)} | other
        head, body = (unpadded(json.dumps(part).encode()) for part in [header, claims])
        return f"{head}.{body}.{self._mac(head, body.encode())}"

    def _mac(self, head, payload):
        return unpadded(hmac.new(self.secret, head.encode() + b"." + payload, hashlib.sha256).digest())
