import GRDB
import Settlement
import Signing

/// Puts the redacted bytes of batches in the place of those that were signed, and a notice beside them.
struct BatchRewriting {
    private let database: Database
    private let inForce: InForce
    private let forgetting: Forgetting
    private let redactions: RedactionRows

    init(_ database: Database, inForce: InForce, _ forgetting: Forgetting) {
        self.database = database
        self.inForce = inForce
        self.forgetting = forgetting
        redactions = RedactionRows(database)
    }

    /// Of a batch whose bytes the database has, and which name the member. Throws `StoreTrouble` where they are not as
    /// they were written: no notice is given of changed ones.
    func rewrite(
        _ batch: NamingBatches.Batch, of naming: NamingBatches,
        _ seal: (RedactionNotice) throws -> SealedDocument
    ) throws {
        let bytes = try naming.bytes(of: batch.number)
        let summary = try summary(of: batch.number)
        let standing = try redactions.batch(batch.number)?.redacted.text ?? summary.digest
        guard SHA256Digest(of: bytes).text == standing else {
            throw StoreTrouble.damaged("batches", "batch \(summary.batch)")
        }
        guard let redacted = try naming.redacted(bytes, batch, forgetting.pseudonym) else {
            throw StoreTrouble.damaged(
                "batches", "batch \(summary.batch)", "its bytes do not name whom its records name")
        }
        try write(redacted, of: batch.number)
        try note(SHA256Digest(of: redacted), of: batch.number, summary, seal)
    }

    /// Of those in archives that were written anew.
    func note(_ archive: RewrittenArchive, _ seal: (RedactionNotice) throws -> SealedDocument) throws {
        try ArchiveRows(database).replace(archive)
        for (batch, now) in archive.batches.sorted(by: { $0.key < $1.key }) {
            try note(now.digest, of: batch, try summary(of: batch), seal)
        }
    }

    private func note(
        _ digest: SHA256Digest, of number: Int64, _ summary: BatchSummary,
        _ seal: (RedactionNotice) throws -> SealedDocument
    ) throws {
        guard let signed = SHA256Digest(text: summary.digest) else {
            preconditionFailure("a summary has the digest of its batch")
        }
        let notice = RedactionNotice(
            alliance: inForce.schedule.alliance.id, merchant: summary.merchant,
            subject: .batch(
                summary.batch, signer: summary.signer, sequence: summary.sequence,
                signature: try signature(of: number)),
            signed: signed, redacted: digest, at: forgetting.at)
        try redactions.set(digest, ofBatch: number, try seal(notice))
    }

    private func summary(of number: Int64) throws -> BatchSummary {
        let query = try Prepared(database, "SELECT \(IntakeRows.columns) FROM batches WHERE batch = ?")
        query.bind(1, number)
        guard let summary = try query.first({ try IntakeRows.summary($0, inForce.roster) }) else {
            throw StoreTrouble.damaged("batches", "row \(number)", "it is not there")
        }
        return summary
    }

    private func signature(of number: Int64) throws -> SHA256Digest {
        let query = try Prepared(database, "SELECT signature FROM batches WHERE batch = ?")
        query.bind(1, number)
        return SHA256Digest(of: Array((try query.first { $0.text(0) } ?? "").utf8))
    }

    private func write(_ bytes: [UInt8], of number: Int64) throws {
        let update = try Prepared(database, "UPDATE batches SET bytes = ? WHERE batch = ?")
        update.bind(2, number)
        guard bytes.count > LongValue.leastBytes else { return try update.run(with: 1, bytes) }
        update.bindZeros(1, bytes.count)
        try update.run()
        try LongValue.write(bytes, to: "bytes", of: "batches", row: number, database)
    }
}
