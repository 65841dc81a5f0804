import Foundation

/// A statement read back from its canonical bytes, for showing it. Rulebook §7.
///
/// Only documents that this program wrote are read so: members are taken as they come.
public struct StatementDocument: Decodable, Sendable {
    public struct Period: Decodable, Sendable {
        public let id, start, end, timezone: String
    }

    public struct Currency: Decodable, Sendable {
        public let code: String
        public let exponent: Int
    }

    /// In minor units.
    public struct Balance: Decodable, Sendable {
        public let opening, activity, payments, closing: Int64
    }

    public struct Line: Decodable, Sendable {
        public let kind: String
        public let counterparty, price, rate, reference: String?
        public let points: Int64?
        /// In minor units.
        public let amount: Int64
    }

    public struct Points: Decodable, Sendable {
        public let opening, issued, reversed, redeemed, restored, expired, closing: Int64
    }

    public struct Flow: Decodable, Sendable {
        public let issuer, redeemer: String
        public let points: Int64
    }

    public struct Records: Decodable, Sendable {
        public let settled, pending, refused, late: Int64
    }

    public struct RecordException: Decodable, Sendable {
        public let id, type, state, code: String
        public let points: Int64?
    }

    public struct Batch: Decodable, Sendable {
        public let signer, batch, digest: String
        public let sequence, records, accepted, duplicates, refused: Int64
    }

    public struct Missing: Decodable, Sendable {
        public let signer: String
        public let sequence: Int64
    }

    public struct Details: Decodable, Sendable {
        public let digest: String
        public let rows: Int64
    }

    public let format, alliance, merchant: String
    public let number: Int64
    public let previous: String?
    public let period: Period
    public let currency: Currency
    public let balance: Balance
    public let lines: [Line]
    public let points: Points
    public let flows: [Flow]
    public let records: Records
    public let exceptions: [RecordException]
    public let batches: [Batch]
    public let missingSequences: [Missing]
    public let details: Details

    private enum CodingKeys: String, CodingKey {
        case format, alliance, merchant, number, previous, period, currency, balance, lines, points, flows
        case records, exceptions, batches, details
        case missingSequences = "missing_sequences"
    }

    /// Reads the bytes of a STATEMENT.json; throws `refused` when they are something else.
    public init(bytes: [UInt8], place: String) throws(Failure) {
        do {
            self = try JSONDecoder().decode(StatementDocument.self, from: Data(bytes))
        } catch {
            throw .refused(place, "is no statement of the form settled-statement/1")
        }
        guard format == "settled-statement/1" else {
            throw .refused(place, "has format \(format), expected settled-statement/1")
        }
    }
}
