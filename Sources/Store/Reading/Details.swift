import GRDB
public import Settlement
import Signing

extension Store {
    /// The pieces of DETAILS.csv beside a statement, in order, each of 64 KiB or so; none if there is no such
    /// statement.
    ///
    /// The file is rendered from what the close kept of each member. Throws `StoreTrouble`, after the last piece,
    /// when it is not the one whose digest the statement was signed with.
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

    private func details(
        of merchant: MerchantID?, period: Int, _ database: Database,
        _ piece: (MerchantID, [UInt8]) throws -> Void
    ) throws {
        let roster = try inForce(database).roster
        let expected = try detailsDigests(of: merchant, period: period, database, roster)
        guard !expected.isEmpty else { return }
        guard let version = try PeriodRows(database).alliance(of: period) else {
            throw StoreTrouble.damaged(
                "periods", "period \(period)", "there is no row, and statements are of it")
        }
        for name in expected.keys.sorted() {
            expected[name]?.stream.update(DetailsRenderer.header)
            try piece(name, DetailsRenderer.header)
        }
        var renderer = DetailsRenderer(
            schedule: try AllianceRows(database).schedule(of: version), of: merchant)
        let query = try Prepared(database, Self.settlementsOfPeriod)
        query.bind(1, period)
        try query.forEach { row in
            try SettlementChunk.withContent(of: row) { bytes in
                var packed = SettlementChunk.reader(bytes)
                while let (member, part) = SettlementChunk.next(&packed, of: bytes) {
                    renderer.write(SettlementPacking.unpack(part, of: member, roster))
                }
            }
            try renderer.forEachPart(atLeast: Self.pieceBytes) { name, bytes in
                expected[name]?.stream.update(bytes)
                try piece(name, bytes)
            }
        }
        try renderer.forEachPart(atLeast: 1) { name, bytes in
            expected[name]?.stream.update(bytes)
            try piece(name, bytes)
        }
        for (name, file) in expected.sorted(by: { $0.key < $1.key }) { try file.verify(of: name, period) }
    }

    static let settlementsOfPeriod =
        "SELECT \(SettlementChunk.columns) FROM settlements WHERE period = ? ORDER BY first_member"
    private static let pieceBytes = 64 << 10

    /// A file while it is rendered, and what it has to be.
    private struct ExpectedFile {
        let digest: String
        let stream = SHA256Stream()

        func verify(of merchant: MerchantID, _ period: Int) throws(StoreTrouble) {
            let found = stream.finish().text
            guard found != digest else { return }
            throw StoreTrouble(
                "read the details of \(merchant)",
                because: "its statement was signed with \(digest), what is stored gives \(found)",
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
        var files: [MerchantID: ExpectedFile] = [:]
        try query.forEach { row in
            let found = try roster.merchant(row.integer(0), of: "statements", row.integer(2))
            if merchant == nil || merchant == found { files[found] = ExpectedFile(digest: row.text(1)) }
        }
        return files
    }
}
