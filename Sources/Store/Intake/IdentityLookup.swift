import GRDB
import Settlement

/// Finds the records that bear ids, as one transaction sees them.
struct IdentityLookup {
    private let index: IdentityIndex
    private let runs: IdentityRuns
    private let chunks: RecordChunks

    init(_ database: Database) throws {
        index = try IdentityIndex(database)
        runs = try IdentityRuns(database)
        chunks = try RecordChunks(database)
    }

    /// The record that bears an id, of all records of one merchant.
    func find(_ id: RecordID, of merchant: Int64) throws -> RecordNumber? {
        try id.withBytes { bytes in
            let fingerprint = index.form.fingerprint(of: bytes, of: merchant)
            let marks = index.marks(of: [fingerprint])[0]
            return try index.bearer(fingerprint, marks: marks, runs) { number in
                try chunks.withRecord(number) { $0.merchant == merchant && $0.view.id.elementsEqual(bytes) }
            }
        }
    }
}
