/// What the headers of both kinds of JWS have in common: an object of ASCII JSON with `alg` and `kid`.
struct JWSHeader {
    let algorithm: SignatureAlgorithm
    let keyID: String
    private let members: [SmallJSON.Member]

    /// Throws `SignatureRefusal.malformed` for what is no such object, an algorithm that is not read, and what is no key
    /// id.
    init(_ json: [UInt8]) throws(SignatureRefusal) {
        guard case .object(let members)? = SmallJSON(json) else {
            throw .malformed(
                "the header is not an ASCII JSON object of distinct members",
                found: "\(json.count) bytes that are none")
        }
        self.members = members
        let header = SmallJSON.object(members)
        guard let name = header["alg"]?.string, let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw .malformed(
                "the header's alg is neither HS256 nor EdDSA", found: header["alg"]?.told ?? "nothing")
        }
        guard let keyID = header["kid"]?.string, KeyID.isValid(keyID) else {
            throw .malformed(
                "the header's kid is missing or no key id", found: header["kid"]?.told ?? "nothing")
        }
        self.algorithm = algorithm
        self.keyID = keyID
    }

    subscript(name: String) -> SmallJSON? { SmallJSON.object(members)[name] }

    /// Throws `SignatureRefusal.malformed` if there is a member of another name.
    func requireOnly(_ names: [String]) throws(SignatureRefusal) {
        guard let other = members.first(where: { !names.contains($0.name) }) else { return }
        let known = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        throw .malformed(
            "the header has members besides \(known)", found: PlainText.excerpt(other.name))
    }
}

extension SmallJSON {
    /// It in a few words, as much of a text as tells what was meant.
    var told: String {
        switch self {
        case .string(let text): PlainText.quoted(text)
        case .boolean(let value): "\(value)"
        case .null: "null"
        case .number: "a number"
        case .array(let elements): PlainText.array(of: elements.count)
        case .object: "an object"
        }
    }
}
