extension Decision {
    /// All of them: where ours is the stricter one, `taken` stands for theirs. One that nobody meets any more fails
    /// the tests, as one that is not here does.
    static let all = instants + values + records + tables + signatures

    private static let instants = [
        Decision(
            "instant", "ciso8601", "space for T",
            why: "RFC 3339 lets applications choose a space; rulebook §1 says RFC 3339, so it is T"),
        Decision(
            "instant", "ciso8601", "day of the year",
            why: "ISO 8601 has days of the year, RFC 3339 has none (rulebook §1)"),
        Decision(
            "instant", "rfc3339-validator", "line end",
            why: "a line end is no part of an instant (rulebook §1); the pattern's $ passes over it"),
        Decision(
            "instant", "rfc3339-validator", "taken, small letters", "refused",
            why: "RFC 3339 §5.6: T and Z may be small letters (rulebook §1)"),
        Decision(
            "instant", "ciso8601", "taken, year 0", "refused",
            why:
                "RFC 3339 has the years 0000 to 9999, Python none before 1; records begin in 2000 (rulebook §1)"
        ),
        Decision(
            "instant", "rfc3339-validator", "taken, year 0", "refused",
            why:
                "RFC 3339 has the years 0000 to 9999, Python none before 1; records begin in 2000 (rulebook §1)"
        ),
    ]

    private static let values = [
        Decision(
            "json", "json", "surrogate",
            why: "half a pair is no character, and no UTF-8 can write it again (RFC 8259 §8.2)"),
        Decision(
            "json", "orjson", "repeatedMember",
            why: "what is given twice is ambiguous money (rulebook §3: repeated members are errors)"),
        Decision(
            "json", "json", "tooDeep",
            why: "64 levels are more than any of our texts has, and no stack overflows"),
        Decision(
            "json", "orjson", "tooDeep",
            why: "64 levels are more than any of our texts has, and no stack overflows"),
        Decision(
            "json", "orjson", "taken, with a number beyond all doubles", "refused",
            why:
                "a number stays as it is written, no double is made of it (rulebook §1); as points it is refused"
        ),
    ]

    private static let records = [
        Decision(
            "record", "orjson", "it is given twice",
            why: "repeated members are errors (rulebook §3); orjson takes the last one and does not tell")
    ]

    private static let tables = [
        Decision(
            "csv", "csv", "bareCarriageReturn",
            why: "RFC 4180 ends lines with CRLF; LF is taken besides, CR is not"),
        Decision("csv", "csv", "controlCharacter", why: "RFC 4180 has none in a cell (TEXTDATA)"),
        Decision("csv", "csv", "nul", why: "RFC 4180 has none in a cell (TEXTDATA)"),
        Decision(
            "csv", "csv", "quoteInCell",
            why: "RFC 4180 has quotes in quoted cells only; a guess at what was meant is a guess at money"),
    ]

    private static let signatures =
        ["joserfc", "jwcrypto"].flatMap { peer in
            [
                Decision("jws", peer, "another kid", why: "the kid says whose batch it is (rulebook §3)"),
                Decision(
                    "jws", peer, "the header has members besides alg, kid, b64 and crit",
                    why: "alg, kid, b64 and crit, and nothing else (rulebook §3)"),
                Decision(
                    "jws", peer, "the header's kid is missing or no key id",
                    why: "without a kid nobody has signed; key ids are of rulebook §1"),
                Decision("jws", peer, "the header's b64 is not false", why: "b64 is false (rulebook §3)"),
                Decision(
                    "jws", peer, "the header's crit is not [\"b64\"]",
                    why: "crit is [\"b64\"] (rulebook §3)"),
                Decision(
                    "jws", peer, "JSON of more than ASCII",
                    why: "none of the four members needs it: key ids are ASCII (rulebook §1, §3)"),
                Decision(
                    "jws", peer, "no JSON: repeatedMember",
                    why: "of two alg or kid each reader may take another one (RFC 7515 §4 lets us refuse)"),
            ]
        } + [
            Decision(
                "jws", "joserfc", "it has not the form header..signature",
                why: "the payload is detached (rulebook §3), one that comes along could be another"),
            Decision(
                "jws", "jwcrypto", "padding", why: "base64url in a JWS has no padding (RFC 7515 §2)"),
            Decision(
                "jws", "jwcrypto", "bits that mean nothing, or too few",
                why: "one signature has one text, else a copy could look like another (RFC 4648 §3.5)"),
        ]
}
