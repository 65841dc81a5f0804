import Foundation
public import Settlement
import Signing
import Testing

@testable import Store

/// An alliance of months in UTC with merchants M and N, in a data folder of its own that goes with it.
final class Scene {
    let folder: String
    let store: Store
    let master = Scene.secret(1)
    let signer: DocumentSigner
    private var keys: [MerchantID?: SigningKey] = [:]

    init(_ alliance: Alliance = Scene.alliance()) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("settled-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try Store.create(
            folder: folder, alliance: alliance, zone: Scene.utc, at: .at("2026-01-01T00:00:00Z"))
        signer = DocumentSigner(master: master, version: 1)
        for merchant in [nil] + alliance.merchants.map({ Optional($0.id) }) {
            let key = try store.addDerivedKey(for: merchant, at: .at("2026-01-01T00:00:00Z"))
            keys[merchant] =
                merchant.map { master.batchKey(merchant: $0.text, version: 1) }
                ?? master.operatorKey(version: 1)
            #expect(key.id == keys[merchant]?.id)
        }
    }

    deinit {
        try? store.shut()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func secret(_ byte: UInt8) -> MasterSecret {
        guard let secret = try? MasterSecret([UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes make a master secret")
        }
        return secret
    }

    static func alliance(
        name: String = "Test", grace: Int = 24, carry: Int = 1,
        merchants: [Merchant] = [merchant("M"), merchant("N")]
    ) -> Alliance {
        Alliance(
            id: AllianceID(verified: "test"), name: name, currency: Currency(code: "EUR", exponent: 2),
            timezone: "Etc/UTC", period: .month, graceHours: grace, expiry: Expiry(months: 12),
            carryPeriods: carry, start: .on("2026-01-01"), merchants: merchants)
    }

    static func merchant(_ id: String, from: String = "2015-01-01", price: Int64 = 10_000) -> Merchant {
        Merchant(
            id: MerchantID(verified: id), name: "Merchant \(id)",
            terms: [
                Terms(
                    from: .on(from), funding: .issue, issuePrice: Price(millionths: price),
                    redeemPrice: Price(millionths: price))
            ])
    }

    /// Rules of a zone made by hand, so that the tests do without the system's.
    static let utc: ZoneRules = {
        let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
        let block = header + counts + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
        guard let zone = try? ZoneRules(name: "Etc/UTC", tzif: block + block + Array("\nUTC0\n".utf8)) else {
            preconditionFailure("the rules of UTC are well-formed")
        }
        return zone
    }()

    // MARK: Batches

    func authentic(_ bytes: [UInt8], by merchant: MerchantID?, received: Instant) throws -> AuthenticBatch {
        let signature = try #require(keys[merchant]).sign(bytes)
        return try AuthenticBatch(
            bytes: bytes, form: .ndjson, signature: signature, limit: 1 << 30, received: received,
            keys: try store.keys(master: master).lookup())
    }

    func verified(
        _ id: String, _ sequence: Int64, _ records: [Settlement.Record], of merchant: MerchantID = "M",
        byOperator: Bool = false, strict: Bool = false, received: Instant = .at("2026-01-31T12:00:00Z")
    ) throws -> VerifiedBatch {
        let header = BatchHeader(
            merchant: merchant, batch: BatchID(verified: id), sequence: sequence, for: records, strict: strict
        )
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        let authentic = try authentic(bytes, by: byOperator ? nil : merchant, received: received)
        return try VerifiedBatch(authentic, schedule: try store.schedule(), received: received)
    }

    @discardableResult
    func send(
        _ id: String, _ sequence: Int64, _ records: [Settlement.Record], of merchant: MerchantID = "M",
        byOperator: Bool = false, strict: Bool = false, received: Instant = .at("2026-01-31T12:00:00Z")
    ) throws -> Appended {
        let batch = try verified(
            id, sequence, records, of: merchant, byOperator: byOperator, strict: strict, received: received)
        let signer = signer
        return try store.append(batch, received: received) { signer.seal($0.bytes, for: $0.merchant.text) }
    }

    // MARK: Closes

    /// Closes a period as the daemon does, an hour after its grace. `watch` first sees what there is of each member.
    @discardableResult
    func close(
        _ ordinal: Int, preview: Bool = false, groupBytes: Int? = nil,
        watching watch: (MemberInput) throws -> Void = { _ in }
    ) throws -> ClosedPeriod {
        let end = try store.schedule().calendar.period(ordinal).end
        return try store.close(ordinal, at: end.advanced(byHours: 25), forced: false, preview: preview) {
            if let groupBytes { $0.groupBytes = groupBytes }
            return try settle($0, watching: watch)
        }
    }

    func settle(
        _ transaction: ClosingRun, watching watch: (MemberInput) throws -> Void = { _ in }
    ) throws -> ClosedPeriod {
        for input in try transaction.inputs() { try watch(input) }
        var settlement = try settlement(transaction)
        try transaction.settle(&settlement)
        return try settlement.finish(signer: signer)
    }

    func settlement(_ transaction: ClosingRun) throws -> PeriodSettlement {
        PeriodSettlement(
            schedule: transaction.schedule, period: transaction.period, opening: try transaction.opening(),
            intake: try transaction.intake(), bookings: try transaction.bookings())
    }

    // MARK: Looking inside

    /// Takes away all that came after the first schema.
    static let laterTables = """
        DROP TABLE secret_marks; DROP TABLE forgotten_members; DROP TABLE redacted_batches;
        DROP TABLE redacted_details
        """

    /// Rows of every table, by name.
    func rowCounts(without excluded: Set<String> = []) throws -> [String: Int64] {
        try store.reading("count rows") { database in
            let names = try Prepared(
                database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).all { $0.text(0) }
            var counts: [String: Int64] = [:]
            for name in names where !excluded.contains(name) {
                counts[name] = try Prepared(database, "SELECT count(*) FROM \(name)").first { $0.integer(0) }
            }
            return counts
        }
    }

    func integer(_ sql: String) throws -> Int64? {
        try store.reading("look") { try Prepared($0, sql).first { $0.integer(0) } }
    }
}

extension Instant {
    static func at(_ text: String) -> Instant {
        guard let instant = Instant(rfc3339: Array(text.utf8)) else {
            preconditionFailure("\(text) is an instant")
        }
        return instant
    }
}

extension LocalDate {
    static func on(_ text: String) -> LocalDate {
        guard let date = LocalDate(text) else { preconditionFailure("\(text) is a date") }
        return date
    }
}

extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(verified: text) }
}

/// A record in one line.
func record(
    _ id: RecordID, _ type: RecordType, _ member: MemberID, _ points: Int64, _ at: String,
    ref: RecordID? = nil,
    amount: Int64? = nil, expires: String? = nil
) -> Settlement.Record {
    Record(
        id: id, type: type, member: member, points: Points(points), amount: amount.map { Money($0) },
        at: .at(at), ref: ref, expires: expires.map { .on($0) })
}
