#!/usr/bin/env python3
"""Signs a batch and uploads it: upload.py BATCH KEYFILE URL. Needs nothing but Python.

Prints the receipt and ends with 0, or the problem with 1. After a failure of the network the same may be done
again: a batch that had arrived gets its first receipt.
"""
import base64
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.request


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(batch: bytes, key: dict) -> str:
    """A detached JWS over the exact bytes: what is signed is the header, a dot, and the batch."""
    header = {"alg": "HS256", "kid": key["kid"], "b64": False, "crit": ["b64"]}
    head = base64url(json.dumps(header, separators=(",", ":")).encode())
    secret = base64.urlsafe_b64decode(key["k"] + "==")
    tag = hmac.new(secret, head.encode() + b"." + batch, hashlib.sha256).digest()
    return f"{head}..{base64url(tag)}"


def main(path: str, key_path: str, url: str) -> int:
    with open(path, "rb") as file:
        batch = file.read()
    with open(key_path, encoding="utf-8") as file:
        key = json.load(file)
    media_type = "text/csv" if path.endswith(".csv") else "application/x-ndjson"
    headers = {"Content-Type": media_type, "Settled-Signature": sign(batch, key)}
    request = urllib.request.Request(f"{url}/v1/batches", data=batch, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as error:
        print(error.read().decode())
        return 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: upload.py BATCH KEYFILE URL")
    sys.exit(main(*sys.argv[1:]))
