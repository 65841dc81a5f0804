import GRDB
import Settlement

/// Renders the files DETAILS.csv of a closed period, or one of them, from what its close kept, in one pass.
struct DetailsPass {
    private static let pieceBytes = 64 << 10

    private let database: Database
    private let roster: Roster
    private let period: Int
    /// The only one whose file is wanted; nil: all are.
    private let merchant: MerchantID?

    init(_ database: Database, _ roster: Roster, period: Int, of merchant: MerchantID? = nil) {
        self.database = database
        self.roster = roster
        self.period = period
        self.merchant = merchant
    }

    /// Calls `piece` with the pieces of the files of these merchants, each one's in order, of 64 KiB or so. Throws
    /// `StoreTrouble` where what was kept is not as it was written, or the period has not closed.
    func forEachPiece(of names: [MerchantID], _ piece: (MerchantID, [UInt8]) throws -> Void) throws {
        var renderer = try self.renderer()
        for name in names { try piece(name, DetailsRenderer.header) }
        let query = try Prepared(database, Store.settlementsOfPeriod)
        query.bind(1, period)
        try query.forEach { row in
            try SettlementChunk.withContent(of: row) { bytes in
                var packed = SettlementChunk.reader(bytes)
                while let (member, part) = SettlementChunk.next(&packed, of: bytes) {
                    renderer.write(SettlementPacking.unpack(part, of: member, roster))
                }
            }
            try renderer.forEachPart(atLeast: Self.pieceBytes, piece)
        }
        try renderer.forEachPart(atLeast: 1, piece)
    }

    /// The merchants whose files have a row of a member, by what the period's close made of it.
    func merchants(naming settled: SettledMember) throws -> [MerchantID] {
        var renderer = try self.renderer()
        renderer.write(settled)
        var named: [MerchantID] = []
        renderer.forEachPart(atLeast: 1) { name, _ in named.append(name) }
        return named
    }

    private func renderer() throws -> DetailsRenderer {
        guard let version = try PeriodRows(database).alliance(of: period) else {
            throw StoreTrouble.damaged(
                "periods", "period \(period)", "there is no row, and statements are of it")
        }
        return DetailsRenderer(schedule: try AllianceRows(database).schedule(of: version), of: merchant)
    }
}
