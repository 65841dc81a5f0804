"""Other people's readers on the inputs that ours have read: a verdict of each library on each input.

    judge.py CASES VERDICTS

A case is a line of JSON: `reader`, `input` in base64, `ours` (null: refused; else a list of what it was read as) and
what the reader needs besides. A verdict is a line of JSON with a word for each library: `refused`, `same` (read as what ours
read), `other` (read as something else), or `taken` (ours refused it).
"""
import base64, csv, datetime, io, json, re, sys

import ciso8601, jwcrypto.jwk, jwcrypto.jws, orjson
from joserfc import jws as joserfc_jws
from joserfc.jwk import import_key
from rfc3339_validator import validate_rfc3339


class Refused(Exception):
    """Of what a library takes and a strict reader over it would not."""


def need(condition):
    if not condition:
        raise Refused


def verdict(read, ours, compare=lambda found, ours: found == ours):
    """The word for what a library made of an input."""
    try:
        found = read()
    except Exception:
        return "refused"
    if ours is None:
        return "taken"
    return "same" if compare(found, ours[0]) else "other"


# Instants: milliseconds since 1970.

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def milliseconds(text):
    return (ciso8601.parse_rfc3339(text) - EPOCH) // datetime.timedelta(milliseconds=1)


def valid_instant(text):
    need(validate_rfc3339(text))


def instant(case, raw, ours):
    return {
        "ciso8601": verdict(lambda: milliseconds(raw.decode()), ours),
        "rfc3339-validator": verdict(lambda: valid_instant(raw.decode()), ours, lambda found, ours: True)}


# JSON: a number as it was written, everything else as it is, names in their order.

def no_constant(name):
    raise Refused(name)


def members(pairs):
    distinct(pairs)
    return {"object": [list(pair) for pair in pairs]}


def tree(text):
    return json.loads(
        text, parse_float=lambda text: {"number": text}, parse_int=lambda text: {"number": text},
        parse_constant=no_constant, object_pairs_hook=members)


def plain(value):
    """What json would have made of a tree."""
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, dict) and "number" in value:
        text = value["number"]
        return int(text) if re.fullmatch("-?[0-9]+", text) else float(text)
    if isinstance(value, dict):
        return {name: plain(element) for name, element in value["object"]}
    return value


def as_plain(found, ours):
    wanted = plain(ours)
    return json.dumps(found) == json.dumps(wanted) or almost(found, wanted)


def almost(found, wanted):
    """The same, where one made a float of an integer that 64 bits do not hold."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(almost, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return list(found) == list(wanted) and all(map(almost, found.values(), wanted.values()))
    if isinstance(found, float) and isinstance(wanted, int) and not isinstance(wanted, bool):
        return abs(wanted) >= 2**63 and found == float(wanted)
    return type(found) is type(wanted) and found == wanted


def value(case, raw, ours):
    return {
        "json": verdict(lambda: tree(raw.decode()), ours),
        "orjson": verdict(lambda: orjson.loads(raw), ours, as_plain)}


# Records: a line of NDJSON by the words of rulebook §1 and §3, written from the rulebook and not from our code.

IDENTIFIER = re.compile(r'[!#-+\--\[\]-~]{1,64}', re.ASCII)
REVERSALS = {"earn_reversal", "redeem_reversal"}
TYPES = {"earn", "redeem", "opening", "correction"} | REVERSALS
PLACES = {
    "amount": {"earn", "redeem"}, "ref": REVERSALS, "store": TYPES, "expires": {"opening"}, "campaign": {"earn"},
    "item": {"redeem"}}
ALWAYS = {"id", "type", "member", "points", "at"}


def whole(number, least, most):
    """An integer of the little form: digits, no sign, no idle zero."""
    need(isinstance(number, int) and not isinstance(number, bool) and least <= number <= most)
    return number


def record_of(members):
    need(ALWAYS <= set(members) and set(members) <= ALWAYS | set(PLACES))
    kind = members["type"]
    need(kind in TYPES and all(kind in PLACES[name] for name in members if name in PLACES))
    need((kind in REVERSALS) == ("ref" in members))
    for name in {"id", "member", "ref", "store", "campaign", "item"} & set(members):
        need(isinstance(members[name], str) and IDENTIFIER.fullmatch(members[name]))
    whole(members["points"], 0 if kind == "earn" else 1, 10**9)
    if "amount" in members:
        whole(members["amount"], 0, 10**15)
    if "expires" in members:
        need(isinstance(members["expires"], str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", members["expires"]))
        datetime.date.fromisoformat(members["expires"])
    need(isinstance(members["at"], str) and validate_rfc3339(members["at"].upper()))
    at = milliseconds(members["at"].upper())
    need(946684800000 <= at <= 4102444799999)
    return dict(members, at=at)


def distinct(pairs):
    need(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def integer(text):
    need(text != "-0")
    return int(text)


def one_object(members):
    need(isinstance(members, dict))
    return record_of(members)


def record(case, raw, ours):
    def by_json():
        return one_object(
            json.loads(raw.decode(), object_pairs_hook=distinct, parse_int=integer, parse_constant=no_constant))
    return {"json": verdict(by_json, ours), "orjson": verdict(lambda: one_object(orjson.loads(raw)), ours)}


# CSV: rows of cells.

def rows(raw):
    found = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    # To csv an empty line is a row without cells; RFC 4180 knows no such row.
    found = [row or [""] for row in found]
    need(found and len({len(row) for row in found}) == 1)
    return found


def table(case, raw, ours):
    return {"csv": verdict(lambda: rows(raw), ours)}


# Signatures: whether it holds.

def jws(case, raw, ours):
    payload, algorithm = base64.b64decode(case["payload"]), case["key"]["alg"]

    def by_joserfc():
        joserfc_jws.deserialize_compact(raw.decode(), import_key(case["key"]), algorithms=[algorithm], payload=payload)

    def by_jwcrypto():
        token = jwcrypto.jws.JWS()
        token.allowed_algs = [algorithm]
        token.deserialize(raw.decode())
        token.verify(jwcrypto.jwk.JWK(**case["key"]), detached_payload=payload)

    return {
        "joserfc": verdict(by_joserfc, ours, lambda found, ours: True),
        "jwcrypto": verdict(by_jwcrypto, ours, lambda found, ours: True)}


READERS = {"instant": instant, "json": value, "record": record, "csv": table, "jws": jws}


def main(cases, verdicts):
    csv.field_size_limit(1 << 30)
    with open(cases) as source, open(verdicts, "w") as target:
        for line in source:
            case = json.loads(line)
            found = READERS[case["reader"]](case, base64.b64decode(case["input"]), case["ours"])
            target.write(json.dumps(found) + "\n")


main(*sys.argv[1:])
