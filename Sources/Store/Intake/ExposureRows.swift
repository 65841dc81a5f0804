import GRDB
import Settlement

/// Reads who is beyond its exposure limit.
struct ExposureRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// As the closing of the period before `open` has it: nobody before the first close.
    func beyondLimits(of alliance: Alliance, before open: Int) throws -> Set<MerchantID> {
        Set(try excesses(of: alliance, before: open).map(\.merchant))
    }

    /// The same with by how much, by merchant.
    func excesses(of alliance: Alliance, before open: Int) throws -> [Exposures.Excess] {
        let query = try Prepared(database, "SELECT document FROM closings WHERE period = ?")
        query.bind(1, open - 1)
        guard let document = try query.first({ $0.bytes(0) }) else { return [] }
        guard let exposures = Exposures(closing: document) else {
            throw StoreTrouble(
                "read the last closing", because: "its bytes are not those of a closing",
                hint: "the file was changed behind the program's back: restore a backup of the data folder",
                kind: .damage)
        }
        return exposures.beyondLimits(of: alliance)
    }
}
