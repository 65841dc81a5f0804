import GRDB
import Settlement

/// Which record bears an id. The one place that knows how that is kept, so that it can be kept otherwise.
///
/// A claim is part of the transaction it is made in.
struct IdentityIndex {
    private let insert: Prepared
    private let select: Prepared

    init(_ database: Database) throws {
        insert = try Prepared(
            database, "INSERT INTO identities (merchant, id, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        select = try Prepared(database, "SELECT record FROM identities WHERE merchant = ? AND id = ?")
    }

    /// Gives the id to a record; if another bears it already, that one, and nothing is changed.
    func claim(_ id: RecordID, of merchant: Int64, for record: RecordNumber) throws -> RecordNumber? {
        insert.bind(1, merchant)
        insert.bind(2, id.text)
        insert.bind(3, record.value)
        try insert.run()
        guard insert.changes == 0 else { return nil }
        guard let bearer = try find(id, of: merchant) else {
            preconditionFailure("an id that cannot be claimed has a bearer")
        }
        return bearer
    }

    /// The record that bears an id, of all records of one merchant.
    func find(_ id: RecordID, of merchant: Int64) throws -> RecordNumber? {
        select.bind(1, merchant)
        select.bind(2, id.text)
        return try select.first { RecordNumber($0.integer(0)) }
    }
}
