import Settlement
import Signing
import Testing

@Suite("A batch whose members were forgotten")
struct RedactedBatchTests {
    private let key = BatchSetting.master.pseudonymKey(secret: 1)

    private func pseudonym(of member: String) -> MemberID {
        MemberID(verified: Array(member.utf8).withUnsafeBytes { key.pseudonym(of: $0) })
    }

    private func pseudonyms(of members: String...) -> Pseudonyms {
        Pseudonyms(keys: [key], known: Set(members.map(pseudonym)))
    }

    private func batch(_ form: BatchForm) throws -> VerifiedBatch {
        let text = form == .csv ? SampleBatch.csv : SampleBatch.ndjson
        return try BatchSetting.verified(Array(text.utf8), form: form, by: nil)
    }

    private func redacted(_ batch: VerifiedBatch, _ pseudonyms: Pseudonyms) throws -> VerifiedBatch {
        try batch.redacted(pseudonyms, schedule: BatchSetting.schedule, received: BatchSetting.received)
    }

    @Test("Nobody is told by an id unless its pseudonym is known, and of no keys nobody is")
    func lookup() {
        let pseudonyms = pseudonyms(of: "8012")
        let cases: [(String, MemberID?)] = [("8012", pseudonym(of: "8012")), ("8013", nil), ("801", nil)]
        for (member, expected) in cases {
            #expect(Array(member.utf8).withUnsafeBytes { pseudonyms.pseudonym(of: $0) } == expected)
        }
        #expect(Pseudonyms.none.isEmpty && !pseudonyms.isEmpty)
        #expect(Array("8012".utf8).withUnsafeBytes { Pseudonyms.none.pseudonym(of: $0) } == nil)
        // The pseudonym itself is nobody's id.
        #expect(pseudonym(of: "8012").withBytes { pseudonyms.pseudonym(of: $0) } == nil)
    }

    @Test("Of several keys each is asked, whatever their order")
    func keys() throws {
        let master = try MasterSecret(
            versions: [7, 8].map { SecretBytes([UInt8](repeating: $0, count: 32)) })
        let keys = [master.pseudonymKey(secret: 1), master.pseudonymKey(secret: 2)]
        let known = zip(keys, ["a", "b"]).map { key, member in
            MemberID(verified: Array(member.utf8).withUnsafeBytes { key.pseudonym(of: $0) })
        }
        for keys in [keys, keys.reversed()] {
            let pseudonyms = Pseudonyms(keys: keys, known: Set(known))
            #expect(Array("a".utf8).withUnsafeBytes { pseudonyms.pseudonym(of: $0) } == known[0])
            #expect(Array("b".utf8).withUnsafeBytes { pseudonyms.pseudonym(of: $0) } == known[1])
            #expect(Array("c".utf8).withUnsafeBytes { pseudonyms.pseudonym(of: $0) } == nil)
        }
    }

    @Test(
        "Members give way, header, totals and count hold, the digest is that of what was signed",
        arguments: BatchForm.allCases)
    func redaction(form: BatchForm) throws {
        let batch = try batch(form)
        let redacted = try redacted(batch, pseudonyms(of: "8012", "8014"))
        #expect(redacted.authentic.isRedacted && !batch.authentic.isRedacted)
        #expect(redacted.header == batch.header && redacted.count == batch.count)
        #expect(redacted.authentic.digest == batch.authentic.digest)
        #expect(redacted.authentic.digest != SHA256Digest(of: redacted.authentic.bytes))
        #expect(redacted.authentic.signature == batch.authentic.signature)
        #expect(redacted.authentic.keyID == batch.authentic.keyID && redacted.authentic.form == form)
        #expect(redacted.authentic.signer == .operator)
        #expect(
            redacted.records.map(\.record.member)
                == ["8012", "8013", "8012", "8013", "8014", "8014", "8014"].map {
                    $0 == "8013" ? MemberID(verified: $0) : pseudonym(of: $0)
                })
        #expect(redacted.records.map(\.line) == batch.records.map(\.line))
        #expect(redacted.records.map(\.record.id) == batch.records.map(\.record.id))
    }

    @Test("A batch that names none of them stays as it is", arguments: BatchForm.allCases)
    func untouched(form: BatchForm) throws {
        let batch = try batch(form)
        for pseudonyms in [Pseudonyms.none, pseudonyms(of: "8015")] {
            let same = try redacted(batch, pseudonyms)
            #expect(!same.authentic.isRedacted && same.authentic.bytes == batch.authentic.bytes)
        }
    }

    @Test(
        "One member after another, or both at once, and once more, give the same bytes",
        arguments: BatchForm.allCases)
    func order(form: BatchForm) throws {
        let batch = try batch(form)
        let both = try redacted(batch, pseudonyms(of: "8012", "8014"))
        let later = try redacted(try redacted(batch, pseudonyms(of: "8014")), pseudonyms(of: "8012", "8014"))
        #expect(later.authentic.bytes == both.authentic.bytes)
        #expect(later.authentic.digest == batch.authentic.digest && later.authentic.isRedacted)
        let again = try redacted(both, pseudonyms(of: "8012", "8014"))
        #expect(again.authentic.bytes == both.authentic.bytes && again.authentic.isRedacted)
    }
}
