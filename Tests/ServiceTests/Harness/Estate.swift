import Foundation
import Service
import Settlement
import Signing
import Store

/// An alliance of merchants M and N in a data folder of its own, founded as `init` does it.
final class Estate: Sendable {
    let scratch: Scratch
    let open: OpenFolder
    let intake: Intake

    /// Months in UTC from 2026-01; `limitBytes` bounds a batch.
    init(alliance: String = Estate.alliance, limitBytes: Int = 1 << 20) throws {
        scratch = try Scratch()
        let definition = try AllianceFile.parse(text: alliance, fileName: "alliance.yaml")
        let founding = try Founding(alliance: definition, at: scratch.file("data"), now: Estate.founded)
        open = try founding.folder.open()
        intake = open.intake(limitBytes: limitBytes)
    }

    deinit { try? open.store.shut() }

    static let founded = instant("2026-01-01T00:00:00Z")
    /// When the batches of tests are received, unless they say otherwise.
    static let received = instant("2026-01-20T12:00:00Z")

    /// What an alliance of months in UTC begins with, up to its merchants.
    static let head = """
        id: test
        name: Test
        currency: EUR
        timezone: Etc/UTC
        period: month
        start: 2026-01-01
        merchants:

        """

    static let alliance =
        head + """
            - id: M
              name: Merchant M
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
            - id: N
              name: Merchant N
              terms:
              - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}

            """

    var merchantKey: SigningKey { open.master.batchKey(merchant: "M", version: 1) }
    var sealKey: VerificationKey { open.master.sealKey(version: 1).verification }

    /// A batch of one merchant that earns 100 points a record.
    static func batch(
        _ id: String = "B-1", sequence: Int64 = 1, records: Int = 2, merchant: String = "M",
        form: BatchForm = .ndjson, strict: Bool = false, at: String = "2026-01-10T10:00:00Z"
    ) -> [UInt8] {
        let records = (0..<records).map { number in
            Record(
                id: RecordID(verified: "\(id)-\(number)"), type: .earn,
                member: MemberID(verified: "member-\(number)"), points: Points(100), at: instant(at))
        }
        let header = BatchHeader(
            merchant: MerchantID(verified: merchant), batch: BatchID(verified: id), sequence: sequence,
            for: records, strict: strict)
        return BatchWriter.bytes(header, records, form: form)
    }

    /// Hands a batch in, signed by M.
    func take(_ bytes: [UInt8], received: Instant = Estate.received) throws -> Intake.Answer {
        try intake.take(bytes, form: .ndjson, signature: merchantKey.sign(bytes), received: received)
    }
}

/// An instant that a test writes down.
func instant(_ text: String) -> Instant {
    guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is an instant") }
    return instant
}

/// The parsed members of a JSON object.
func members(_ bytes: [UInt8]) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
}
