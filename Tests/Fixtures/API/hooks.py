"""Lets schemathesis in: a token of its own for each request to read, a signature for each upload.

SETTLED_KEY is the `k` of an HS256 key file, SETTLED_KID its id, SETTLED_ALLIANCE whom tokens are for.
"""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid

import schemathesis


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


SECRET = base64.urlsafe_b64decode(os.environ["SETTLED_KEY"] + "=")
HEADER = {"alg": "HS256", "kid": os.environ["SETTLED_KID"]}


def tag(data: bytes) -> bytes:
    return encoded(hmac.new(SECRET, data, hashlib.sha256).digest())


def token() -> str:
    now = int(time.time())
    claims = {"aud": os.environ["SETTLED_ALLIANCE"], "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
    signed = encoded(json.dumps(HEADER).encode()) + b"." + encoded(json.dumps(claims).encode())
    return (signed + b"." + tag(signed)).decode()


def signature(body: bytes) -> str:
    head = encoded(json.dumps(HEADER | {"b64": False, "crit": ["b64"]}).encode())
    return (head + b".." + tag(head + b"." + body)).decode()


@schemathesis.auth(refresh_interval=None)
class Own:
    def get(self, case, context):
        return None if case.method.upper() == "POST" else token()

    def set(self, case, data, context):
        if data is not None:
            case.headers["Authorization"] = f"Bearer {data}"
        elif case.path.startswith("/v1/batches"):
            body = case.body
            if isinstance(body, str):
                body = body.encode()
            if isinstance(body, bytes):
                case.headers["Settled-Signature"] = signature(body)
