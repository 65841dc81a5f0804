import Signing

/// What a daemon answers, as a client checks and keeps it.
extension SealedDocument {
    /// Checks those of its signatures for which a key is at hand; `what` it is, for a person.
    ///
    /// Gives a line each, and whether one was checked. Throws `refused` where one is wrong.
    func check(
        keys: [VerificationKey], _ what: String, from place: String
    ) throws(Failure) -> (lines: [String], isVerified: Bool) {
        var lines: [String] = []
        var isVerified = false
        for (name, text) in [("signature", signature), ("seal", seal)] {
            do {
                let signature = try DetachedJWS(parsing: text)
                let by = "\(name) by \(signature.keyID)"
                guard let key = keys.first(where: { $0.id == signature.keyID }) else {
                    lines.append("\(by) not checked, no key of that id is at hand")
                    continue
                }
                try signature.verify(payload: bytes, key: key)
                lines.append("\(by) is valid")
                isVerified = true
            } catch {
                throw .refused(place, "\(what)'s \(name) is wrong: \(error)")
            }
        }
        return (lines, isVerified)
    }

    /// Writes it with `.jws` and `.seal` beside it; what is there is replaced. Throws `trouble`.
    func write(to path: String) throws(Failure) {
        try WholeFile.write(bytes, to: path)
        try WholeFile.write(Array((signature + "\n").utf8), to: path + ".jws")
        try WholeFile.write(Array((seal + "\n").utf8), to: path + ".seal")
    }
}
