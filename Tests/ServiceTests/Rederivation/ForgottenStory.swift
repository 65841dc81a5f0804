import Foundation
import GRDB
import Settlement
import Signing

@testable import Service
@testable import Store

/// A history in which a member is forgotten: two closed periods with a new version of the master secret between them, an
/// open one, and then, from those who know nothing of it, more of the same member under its own id.
struct ForgottenStory {
    static let member = MemberID(verified: "ana-8012")
    static let forgotten = instant("2026-03-05T00:00:00Z")

    let estate: Estate
    private(set) var pseudonym = ""
    /// What came, in the order of arrival.
    private(set) var batches: [(merchant: String, bytes: [UInt8], form: BatchForm)] = []
    private var sequences: [String: Int64] = [:]

    init() throws {
        estate = try Estate()
        try estate.open.store.shut()
        try january()
        _ = try SecretRotation(folder)
        try opened {
            _ = try $0.takingUpSecret(at: instant("2026-02-04T00:00:00Z"))
        }
        try february()
        try send("M", "2026-03-04T00:00:00Z", [earn("a4", "ana-8012", 5, "2026-03-03T10:00:00Z")])
        pseudonym = try forget(Self.member, at: Self.forgotten)
        try march()
    }

    var folder: DataFolder { estate.open.folder }

    /// Runs `work` on the folder as a command opens it.
    func opened<Value>(_ work: (OpenFolder) throws -> Value) throws -> Value {
        let open = try folder.open()
        defer { open.shut() }
        return try work(open)
    }

    /// Forgets a member; gives its pseudonym.
    @discardableResult
    func forget(_ member: MemberID, at instant: Instant) throws -> String {
        try opened { try $0.forget(member, at: instant) }
    }

    // MARK: What happens

    private mutating func january() throws {
        try send(
            "M", "2026-01-05T00:00:00Z",
            [
                earn("a1", "ana-8012", 100, "2026-01-04T10:00:00Z"),
                earn("b1", "ben", 50, "2026-01-04T11:00:00Z"),
            ])
        try send(
            "N", "2026-01-07T00:00:00Z", [redeem("n1", "ana-8012", 30, "2026-01-06T10:00:00Z")], form: .csv)
        // The same member, spelled otherwise.
        try send("M", "2026-01-08T00:00:00Z", [earn("a2", "ana-8012", 7, "2026-01-07T10:00:00Z")]) {
            $0.replacingOccurrences(of: #""ana-8012""#, with: #""ana\u002d8012""#)
        }
        try send("N", "2026-01-09T00:00:00Z", [earn("n2", "ben", 10, "2026-01-08T10:00:00Z")], form: .csv)
        try close(0, "2026-02-03T00:00:00Z")
    }

    private mutating func february() throws {
        // An equal copy, a record that is accepted, and one that is refused alone.
        try send(
            "M", "2026-02-10T00:00:00Z",
            [
                earn("a1", "ana-8012", 100, "2026-01-04T10:00:00Z"),
                earn("a3", "ana-8012", 5, "2026-02-09T10:00:00Z"),
                earn("a9", "ana-8012", 9, "2025-12-30T10:00:00Z"),
            ])
        try send("N", "2026-02-11T00:00:00Z", [redeem("n3", "ben", 20, "2026-02-10T10:00:00Z")], form: .csv)
        try close(1, "2026-03-03T00:00:00Z")
    }

    private mutating func march() throws {
        try send("N", "2026-03-06T00:00:00Z", [redeem("n4", "ana-8012", 40, "2026-03-05T10:00:00Z")])
        try send("M", "2026-03-07T00:00:00Z", [earn("b2", "ben", 1, "2026-03-06T10:00:00Z")])
        try close(2, "2026-04-03T00:00:00Z")
        try send(
            "N", "2026-04-05T00:00:00Z",
            [record("n5", .redeemReversal, "ana-8012", 10, "2026-04-04T10:00:00Z", ref: "n4")], form: .csv)
    }

    private mutating func send(
        _ merchant: String, _ received: String, _ records: [Settlement.Record], form: BatchForm = .ndjson,
        _ spelled: (String) -> String = { $0 }
    ) throws {
        let sequence = sequences[merchant, default: 0] + 1
        sequences[merchant] = sequence
        let header = BatchHeader(
            merchant: MerchantID(verified: merchant), batch: BatchID(verified: "B-\(sequence)"),
            sequence: sequence, for: records)
        let text = String(decoding: BatchWriter.bytes(header, records, form: form), as: UTF8.self)
        let bytes = Array(spelled(text).utf8)
        batches.append((merchant, bytes, form))
        _ = try take(batches.count, received: instant(received))
    }

    /// Hands in a batch by its place, as it came or comes once more.
    func take(_ number: Int, received: Instant) throws -> Intake.Answer {
        let (merchant, bytes, form) = batches[number - 1]
        return try opened { open in
            try open.intake().take(
                bytes, form: form,
                signature: open.master.batchKey(merchant: merchant, version: 1).sign(bytes),
                received: received)
        }
    }

    private func close(_ ordinal: Int, _ at: String) throws {
        try opened { open in
            _ = try PeriodCloser(store: open.store, signer: open.signer).close(ordinal, at: instant(at))
        }
    }

    private func earn(_ id: String, _ member: String, _ points: Int64, _ at: String) -> Settlement.Record {
        record(id, .earn, member, points, at)
    }

    private func redeem(_ id: String, _ member: String, _ points: Int64, _ at: String) -> Settlement.Record {
        record(id, .redeem, member, points, at)
    }

    private func record(
        _ id: String, _ type: RecordType, _ member: String, _ points: Int64, _ at: String, ref: String? = nil
    ) -> Settlement.Record {
        Settlement.Record(
            id: RecordID(verified: id), type: type, member: MemberID(verified: member),
            points: Points(points), at: instant(at), ref: ref.map { RecordID(verified: $0) })
    }
}

extension OpenFolder {
    /// Forgets a member as the command does, no archive being there; gives its pseudonym.
    fileprivate func forget(_ member: MemberID, at instant: Instant) throws -> String {
        let key = master.pseudonymKey(secret: keyVersion)
        let pseudonym = member.withBytes { key.pseudonym(of: $0) }
        _ = try store.forget(
            Forgetting(
                member: member, pseudonym: MemberID(verified: pseudonym), secret: keyVersion, at: instant,
                person: "ana", reason: "asked for it", archives: []),
            seal: { signer.seal($0.bytes, for: $0.merchant.text) })
        return pseudonym
    }
}

/// A copy of the story's database alone, to be changed.
struct ForgottenCopy {
    private static let story = Result { try ForgottenStory() }

    let story: ForgottenStory
    let scratch: Scratch
    let folder: DataFolder

    init() throws {
        story = try Self.story.get()
        scratch = try Scratch()
        folder = DataFolder(scratch.file("copy"), secret: story.folder.secretPath)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: story.folder.databasePath, toPath: folder.databasePath)
        chmod(folder.path, 0o700)
        chmod(folder.databasePath, 0o600)
    }

    func rederive(secret: Bool = true, seal: Bool = true, archives: [String] = []) throws
        -> RederivationReport
    {
        try Rederivation(
            .init(
                data: folder.path, secret: secret ? folder.secretPath : nil,
                jwks: seal ? story.folder.keysPath + "/seal.jwks" : nil, from: nil, through: nil,
                scratch: nil, archives: archives)
        ).run()
    }

    /// Forgets another member in it.
    func forget(_ member: MemberID) throws {
        let open = try folder.open()
        defer { open.shut() }
        _ = try open.forget(member, at: instant("2026-04-06T00:00:00Z"))
    }

    func read<Value>(_ work: (Store) throws -> Value) throws -> Value {
        let store = try Store.openToRead(folder: folder.path)
        defer { try? store.shut() }
        return try work(store)
    }

    /// Changes the database as somebody does who knows how rows are summed.
    func write(_ change: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: folder.databasePath)
        try queue.write(change)
        try queue.close()
    }

    /// Puts another notice in the place of a batch's, or to a batch that had none.
    func replaceNotice(ofBatch number: Int64, _ notice: RedactionNotice, by signer: DocumentSigner) throws {
        let sealed = signer.seal(notice.bytes, for: notice.merchant.text)
        try write { try RedactionRows($0).set(notice.redacted, ofBatch: number, sealed) }
    }

    /// The same of the file of M, which is merchant number 1, or of another.
    func replaceNotice(
        ofDetails period: Int, merchant: Int64 = 1, _ notice: RedactionNotice, by signer: DocumentSigner
    ) throws {
        let sealed = signer.seal(notice.bytes, for: notice.merchant.text)
        try write {
            try RedactionRows($0).set(notice.redacted, ofDetails: merchant, period: period, sealed)
        }
    }

    /// Who seals for the alliance.
    var signer: DocumentSigner {
        get throws {
            let master = try MasterSecretFile.read(folder.secretPath)
            return DocumentSigner(master: master, version: master.latest)
        }
    }
}
