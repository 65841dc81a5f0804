import GRDB
import Settlement

/// Holds how many files were imported, and how much was ever done for their lines, against what the audit says last: that
/// the last row of a table is gone, no row behind it tells.
struct BankTail {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Notes an act in the audit, once its rows are written.
    func note(_ text: String, by person: Person, at instant: Instant, digest: String? = nil) throws {
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: .bankImport, keyID: person.provenKey == nil ? nil : person.name.text,
                digest: digest, reason: text + (try counted()).files))
    }

    /// Throws `StoreTrouble` where there are not as many rows as when the last act was noted.
    func verify() throws {
        let query = try Prepared(
            database, "SELECT reason FROM audit WHERE act = 'bank_import' ORDER BY entry DESC LIMIT 1")
        guard let said = try query.first({ $0.textOrNil(0) ?? "" }) else { return }
        let counted = try counted()
        for (table, text) in [("bank_matches", counted.matches), ("bank_files", counted.files)]
        where !said.hasSuffix(text) {
            throw StoreTrouble.damaged(table, "its end", "its rows are not as many as the audit says")
        }
    }

    /// The end of a note: of matches, and the whole.
    private func counted() throws -> (matches: String, files: String) {
        let query = try Prepared(
            database, "SELECT (SELECT count(*) FROM bank_files), (SELECT count(*) FROM bank_matches)")
        let counts = try query.first { ($0.integer(0), $0.integer(1)) } ?? (0, 0)
        let matches = ", acts \(counts.1)"
        return (matches, "; files \(counts.0)\(matches)")
    }
}
