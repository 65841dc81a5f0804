public import Settlement
import Signing
public import Store

/// Finds the documents of closed periods by the words a person types.
public struct StatementShelf: Sendable {
    private let store: Store

    public init(_ store: Store) { self.store = store }

    /// The ordinal of a period by its id; throws `misused` for what is none of the alliance's.
    public func ordinal(ofPeriod id: String) throws -> Int {
        let calendar = try store.schedule().calendar
        guard let ordinal = calendar.ordinal(id: id) else {
            throw Failure.misused(
                "period \(id)",
                "the alliance has none of that id, expected \(calendar.period(0).id) or a later one")
        }
        return ordinal
    }

    /// A merchant's statement, and the merchant's name. Throws `misused` for an unknown merchant, `refused` where
    /// there is no statement.
    public func statement(of merchant: String, period id: String) throws -> (name: String, StoredStatement) {
        let ordinal = try ordinal(ofPeriod: id)
        let known = try self.merchant(merchant)
        guard let statement = try store.statement(of: known, period: ordinal) else {
            try requireClosed(ordinal, id)
            throw Failure.refused(
                "statement of \(merchant) for \(id)",
                "there is none: it had no terms yet, or had left with nothing open")
        }
        return (try store.schedule().merchant(known)?.name ?? merchant, statement)
    }

    /// Throws `misused` for what is no merchant of the alliance.
    public func merchant(_ id: String) throws -> MerchantID {
        guard let known = MerchantID(id), try store.schedule().merchant(known) != nil else {
            throw Failure.misused("merchant \(PlainText.of(id))", "the alliance has no merchant of that id")
        }
        return known
    }

    /// The operator's closing of a period; throws `refused` where there is none.
    public func closing(period id: String) throws -> StoredClosing {
        let ordinal = try ordinal(ofPeriod: id)
        guard let closing = try store.closing(of: ordinal) else {
            try requireClosed(ordinal, id)
            return try store.closing(ofClosed: ordinal)
        }
        return closing
    }

    private func requireClosed(_ ordinal: Int, _ id: String) throws {
        guard try ordinal >= store.earliestOpen() else { return }
        throw Failure.refused(
            "period \(id)", "is open, statements are made at its close",
            hint: "settled close \(id) --data DIR")
    }
}
