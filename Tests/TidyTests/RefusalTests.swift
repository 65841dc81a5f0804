import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Refusals")
struct RefusalTests {
    private static let codes =
        BatchRefusalCode.allCases.map(\.rawValue) + RecordRefusalCode.allCases.map(\.rawValue)
        + SettlementRefusalCode.allCases.map(\.rawValue)

    @Test("Every refusal code has a fixture, and no fixture is of another")
    func complete() throws {
        #expect(Self.codes.count == 31)
        #expect(try RefusalFixture.codes() == Self.codes.sorted())
    }

    @Test("The fixture of a code causes it", arguments: codes)
    func caused(code: String) throws {
        let fixture = try RefusalFixture(code: code)
        let play = try RefusalPlay()
        for step in fixture.steps {
            switch step {
            case .batch(let batch): try play.take(batch)
            case .close(let period): try play.close(period)
            }
        }
        switch fixture.place {
        case .batch:
            #expect(BatchRefusalCode(rawValue: code) != nil)
            #expect(play.refusal?.code.rawValue == code, "\(String(describing: play.refusal))")
            let words = [play.refusal?.expected, play.refusal?.found].compactMap(\.self)
            // What a field holds that is malformed may be a member's id.
            #expect(words.count == (code == "malformed" ? 1 : 2), "\(String(describing: play.refusal))")
            for text in words {
                #expect((1...200).contains(text.utf8.count) && PlainText.of(text) == text, "\(text)")
            }
        case .record(let id):
            #expect(RecordRefusalCode(rawValue: code) != nil)
            #expect(play.receipt?.refused.map { [$0.id.text, $0.code.rawValue] } == [[id, code]])
        case .close(let id):
            #expect(SettlementRefusalCode(rawValue: code) != nil)
            #expect(play.refusedAtClose[id] == code, "\(play.refusedAtClose)")
        }
    }

    @Test("Only the last batch of a fixture is refused, so that it is refused for what the fixture says")
    func earlierBatchesStand() throws {
        for code in BatchRefusalCode.allCases.map(\.rawValue) {
            let play = try RefusalPlay()
            for case .batch(let batch) in try RefusalFixture(code: code).steps.dropLast() {
                try play.take(batch)
                #expect(play.refusal == nil, "\(code): \(String(describing: play.refusal))")
            }
        }
    }
}

/// Plays a fixture through the real intake, store and close, in a folder of its own.
private final class RefusalPlay {
    private let scratch: URL
    private let folder: OpenFolder
    /// Of the last batch, if it was refused.
    private(set) var refusal: BatchRefusal?
    /// Of the last batch, if it was taken.
    private(set) var receipt: Receipt?
    /// Codes of the records that the last close refused, by id.
    private(set) var refusedAtClose: [String: String] = [:]

    init() throws {
        scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
            "settled-refusals-\(UUID().uuidString)")
        let file = RefusalFixture.folder.appendingPathComponent("alliance.yaml")
        let alliance = try AllianceFile.parse(
            text: String(contentsOf: file, encoding: .utf8), fileName: "alliance.yaml")
        let start = try #require(Instant(rfc3339: "2026-01-01T00:00:00+01:00"))
        _ = try Founding(alliance: alliance, at: scratch.path, now: start)
        folder = try DataFolder(scratch.path).open()
    }

    deinit {
        try? folder.store.shut()
        try? FileManager.default.removeItem(at: scratch)
    }

    func take(_ batch: RefusalFixture.Batch) throws {
        let received = try #require(Instant(rfc3339: batch.received))
        let key = try key(of: batch)
        if let instant = batch.options["revoked"].flatMap({ Instant(rfc3339: $0) }) {
            try folder.store.revokeKey(key.id, from: instant, at: received)
        }
        let signature = batch.options["signature"] ?? key.sign(batch.bytes)
        var bytes = batch.bytes
        if batch.options["altered"] != nil { bytes[bytes.count - 3] ^= 1 }
        (refusal, receipt) = (nil, nil)
        do {
            let intake = folder.intake(limitBytes: batch.options["limit"].flatMap { Int($0) } ?? 1 << 20)
            let answer = try intake.take(bytes, form: .ndjson, signature: signature, received: received)
            if case .stored(_, let stored) = answer { receipt = stored }
        } catch let refused as BatchRefusal {
            refusal = refused
        }
    }

    func close(_ period: String) throws {
        let ordinal = try #require(try folder.store.schedule().calendar.ordinal(id: period))
        try PeriodCloser(store: folder.store, signer: folder.signer)
            .close(ordinal, at: folder.store.schedule().calendar.period(ordinal).end, forced: true)
        for merchant in try folder.store.schedule().alliance.merchants {
            guard let statement = try folder.store.statement(of: merchant.id, period: ordinal) else {
                continue
            }
            let document = try StatementDocument(bytes: statement.document.bytes, place: "STATEMENT.json")
            for exception in document.exceptions where exception.state == "refused" {
                refusedAtClose[exception.id] = exception.code
            }
        }
    }

    /// The key that signs it; `key ID` names another one of the same secret.
    private func key(of batch: RefusalFixture.Batch) throws -> SigningKey {
        if let version = batch.options["key"]?.split(separator: "/").last.flatMap({ Int($0) }) {
            return folder.master.batchKey(merchant: batch.signer, version: version)
        }
        return batch.signer == "operator"
            ? folder.master.operatorKey(version: 1)
            : folder.master.batchKey(merchant: batch.signer, version: 1)
    }
}
