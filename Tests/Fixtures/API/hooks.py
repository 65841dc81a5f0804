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


# When the description's example of a contest was signed.
LONG_AGO = "2025-05-02T10:00:00Z"


def fresh(body):
    """What is contested is taken within minutes: the example is signed now."""
    if isinstance(body, dict) and body.get("at") == LONG_AGO:
        return body | {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    return body


def octets(body) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body, default=str).encode()


@schemathesis.serializer("application/x-ndjson", "text/csv", "application/json")
def serialize(context, body):
    return octets(body)


@schemathesis.auth(refresh_interval=None)
class Own:
    def get(self, case, context):
        return "signature" if case.method.upper() == "POST" else token()

    def set(self, case, data, context):
        if data != "signature":
            case.headers["Authorization"] = f"Bearer {data}"
        else:
            case.body = fresh(case.body)
            case.headers["Settled-Signature"] = signature(octets(case.body))
