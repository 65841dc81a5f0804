"""Detached JWS with HS256 (rulebook §3), written from the RFCs and without the daemon's code."""
import base64, hashlib, hmac, json, pathlib


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

    def _mac(self, head, payload):
        return unpadded(hmac.new(self.secret, head.encode() + b"." + payload, hashlib.sha256).digest())
