import Foundation
import Settlement

/// What receipts, statements and closings say of themselves, as far as a check needs it.
struct DocumentFacts: Decodable, Sendable {
    /// An object with its bounds, or of a dispute the id alone.
    struct Period: Decodable, Sendable {
        let id: String

        private enum CodingKeys: String, CodingKey { case id }

        init(from decoder: any Decoder) throws {
            id =
                try (try? decoder.singleValueContainer().decode(String.self))
                ?? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
        }
    }

    struct Details: Decodable, Sendable {
        let digest: String
        let rows: Int64
    }

    /// What a figure was at the period's start, and what it is at its end.
    struct Course: Decodable, Sendable { let opening, closing: Int64 }

    struct Account: Decodable, Sendable {
        let account: String
        let opening, closing: Int64
    }

    /// A statement as a closing lists it.
    struct Listed: Decodable, Sendable {
        let merchant: String
        let number: Int64
        let digest: String
    }

    /// A batch by its id, or in a notice as an object that has it.
    struct Batch: Decodable, Sendable {
        let id: String

        private enum CodingKeys: String, CodingKey { case batch }

        init(from decoder: any Decoder) throws {
            id =
                try (try? decoder.singleValueContainer().decode(String.self))
                ?? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .batch)
        }
    }

    /// A statement as a notice names it.
    struct Noticed: Decodable, Sendable {
        let number: Int64
        let period: String
    }

    let format: String
    let alliance: String?
    let merchant: String?
    // Of statements and closings.
    let number: Int64?
    let previous: String?
    let period: Period?
    let points: Course?
    // Of statements.
    let balance: Course?
    let details: Details?
    // Of closings.
    let journal: [Account]?
    let statements: [Listed]?
    // Of receipts, and of notices of redacted batches.
    let batch: Batch?
    // Of notices of redacted DETAILS.csv. Its number is none of a link of a chain.
    let statement: Noticed?
    // Of what is answered about disputes.
    let dispute: Int64?
    let answered: String?

    /// Nil for anything that is not a JSON object with a `format`.
    init?(_ bytes: [UInt8]) {
        guard let facts = try? JSONDecoder().decode(DocumentFacts.self, from: Data(bytes)) else { return nil }
        self = facts
    }

    /// Whose statement key signs it: the operator's for a closing, else its merchant's.
    var owner: String? { format.hasPrefix("settled-closing/") ? Self.operatorName : merchant }

    /// The operator as the owner of closings.
    static let operatorName = "operator"

    /// One line for a person: what it is.
    var title: String {
        if format.hasPrefix("settled-receipt/") {
            return "receipt of batch \(batch?.id ?? "?") of \(merchant ?? "?")"
        }
        if let title = disputeTitle ?? redactionTitle { return title }
        let place = "\(period?.id ?? "?"), number \(number.map(String.init) ?? "?")"
        if format.hasPrefix("settled-statement/") { return "statement of \(merchant ?? "?") for \(place)" }
        if format.hasPrefix("settled-closing/") { return "closing of \(place)" }
        return "document of format \(format)"
    }

    private var redactionTitle: String? {
        guard format == RedactionNotice.format else { return nil }
        let merchant = merchant ?? "?"
        if let batch { return "notice of a redaction: batch \(batch.id) of \(merchant)" }
        return "notice of a redaction: DETAILS.csv of \(merchant) for \(statement?.period ?? "?"), "
            + "number \(statement.map { "\($0.number)" } ?? "?")"
    }

    private var disputeTitle: String? {
        let (of, at) = ("of \(merchant ?? "?")", "as answered at \(answered ?? "?")")
        return switch format {
        case "settled-contest/1": "answer to the contest of dispute \(dispute ?? 0) \(of)"
        case "settled-dispute/1": "dispute \(dispute ?? 0) \(of), \(at)"
        case "settled-disputes/1": "disputes \(of), \(at)"
        default: nil
        }
    }
}
