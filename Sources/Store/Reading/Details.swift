import GRDB
public import Settlement
import Signing

extension Store {
    /// The pieces of DETAILS.csv beside a statement, in order, each of 64 KiB or so; none if there is no such
    /// statement.
    ///
    /// The file is rendered from what the close kept of each member. Throws `StoreTrouble`, after the last piece,
    /// when it is not the one whose digest the statement was signed with, or the notice of its redaction names.
    public func details(
        of merchant: MerchantID, period: Int, _ piece: ([UInt8]) throws -> Void
    ) throws {
        try reading("read details") { database in
            try details(of: merchant, period: period, database) { try piece($1) }
        }
    }

    /// The pieces of every DETAILS.csv of a period, each merchant's in order: all files in one pass. Throws as
    /// `details(of:period:)` does.
    public func details(period: Int, _ piece: (MerchantID, [UInt8]) throws -> Void) throws {
        try reading("read details") { try details(of: nil, period: period, $0, piece) }
    }

    func details(
        of merchant: MerchantID?, period: Int, _ database: Database,
        _ piece: (MerchantID, [UInt8]) throws -> Void
    ) throws {
        let roster = try inForce(database).roster
        let expected = try detailsDigests(of: merchant, period: period, database, roster)
        guard !expected.isEmpty else { return }
        let pass = DetailsPass(database, roster, period: period, of: merchant)
        try pass.forEachPiece(of: expected.keys.sorted()) { name, bytes in
            expected[name]?.stream.update(bytes)
            try piece(name, bytes)
        }
        for (name, file) in expected.sorted(by: { $0.key < $1.key }) { try file.verify(of: name) }
    }

    static let settlementsOfPeriod =
        "SELECT \(SettlementChunk.columns) FROM settlements WHERE period = ? ORDER BY first_member"

    /// A file while it is rendered, and what it has to be.
    private struct ExpectedFile {
        let digest: String
        /// Whether the statement was signed with another file, of which this is what stands since.
        let isRedacted: Bool
        let stream = SHA256Stream()

        func verify(of merchant: MerchantID) throws(StoreTrouble) {
            let found = stream.finish().text
            guard found != digest else { return }
            throw StoreTrouble(
                "read the details of \(merchant)",
                because:
                    "\(isRedacted ? "the notice of its redaction names" : "its statement was signed with") "
                    + "\(digest), what is stored gives \(found)",
                hint:
                    "either the database was changed behind the program's back: restore a backup of the data "
                    + "folder; or the file is of another version of this program: read it with that one")
        }
    }

    private func detailsDigests(
        of merchant: MerchantID?, period: Int, _ database: Database, _ roster: Roster
    ) throws -> [MerchantID: ExpectedFile] {
        let query = try Prepared(
            database, "SELECT merchant, details_digest, statement FROM statements WHERE period = ?")
        query.bind(1, period)
        let redactions = try RedactionRows(database).details(of: period, roster)
        var files: [MerchantID: ExpectedFile] = [:]
        try query.forEach { row in
            let found = try roster.merchant(row.integer(0), of: "statements", row.integer(2))
            guard merchant == nil || merchant == found else { return }
            let redacted = redactions[found]?.redacted.text
            files[found] = ExpectedFile(digest: redacted ?? row.text(1), isRedacted: redacted != nil)
        }
        return files
    }
}
