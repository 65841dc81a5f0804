import Foundation

/// A closing read back from its canonical bytes, for showing it. Rulebook §7.
///
/// Only documents that this program wrote are read so: members are taken as they come. Amounts are in minor units.
public struct ClosingDocument: Decodable, Sendable {
    public struct Records: Decodable, Sendable { public let settled, pending, refused: Int64 }
    public struct Intake: Decodable, Sendable { public let batches, duplicates, refused: Int64 }

    public struct Position: Decodable, Sendable {
        public let merchant: String
        public let activity, closing: Int64
    }

    public struct Operator: Decodable, Sendable { public let activity, closing: Int64 }

    public struct Flow: Decodable, Sendable {
        public let issuer, redeemer: String
        public let points, charged, paid: Int64
    }

    public struct Account: Decodable, Sendable {
        public let account: String
        public let opening, debit, credit, closing: Int64
    }

    public struct Liability: Decodable, Sendable {
        public let issuer, funding, price: String
        /// A month; nil for never.
        public let expires: String?
        public let points, value: Int64
    }

    public struct Batch: Decodable, Sendable { public let merchant, signer, batch, digest: String }

    public struct Statement: Decodable, Sendable {
        public let merchant, digest: String
        public let number: Int64
    }

    public let format, alliance: String
    public let number: Int64
    public let previous: String?
    public let period: StatementDocument.Period
    public let currency: StatementDocument.Currency
    public let records: Records
    public let intake: Intake
    public let points: StatementDocument.Points
    public let positions: [Position]
    public let `operator`: Operator
    public let matrix: [Flow]
    public let journal: [Account]
    public let liability: [Liability]
    public let batches: [Batch]
    public let statements: [Statement]

    /// Reads the bytes of a CLOSING.json; throws `refused` when they are something else.
    public init(bytes: [UInt8], place: String) throws(Failure) {
        do {
            self = try JSONDecoder().decode(ClosingDocument.self, from: Data(bytes))
        } catch {
            throw .refused(place, "is no closing of the form settled-closing/1")
        }
        guard format == "settled-closing/1" else {
            throw .refused(place, "has format \(format), expected settled-closing/1")
        }
    }
}
