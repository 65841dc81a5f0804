import GRDB
import Settlement
import Signing

/// Notes what the files DETAILS.csv of closed periods are since a member has a pseudonym.
struct DetailsRedaction {
    private let database: Database
    private let inForce: InForce
    private let at: Instant
    private let redactions: RedactionRows

    init(_ database: Database, inForce: InForce, at instant: Instant) {
        self.database = database
        self.inForce = inForce
        at = instant
        redactions = RedactionRows(database)
    }

    /// Renders all files of a period: those of the merchants that are named get a notice, all others have to be as they
    /// were. Throws `StoreTrouble` where they are not.
    func run(
        period: Int, naming named: Set<MerchantID>, _ seal: (RedactionNotice) throws -> SealedDocument
    ) throws {
        let statements = try statements(of: period)
        let streams = Dictionary(uniqueKeysWithValues: statements.map { ($0.merchant, SHA256Stream()) })
        try DetailsPass(database, inForce.roster, period: period)
            .forEachPiece(of: statements.map(\.merchant)) { streams[$0]?.update($1) }
        let standing = try redactions.details(of: period, inForce.roster)
        for statement in statements {
            guard let digest = streams[statement.merchant]?.finish() else { continue }
            guard named.contains(statement.merchant) else {
                guard digest == standing[statement.merchant]?.redacted ?? statement.signed else {
                    throw StoreTrouble.damaged(
                        "settlements", "period \(period)",
                        "the details of \(statement.merchant) changed, who is not named in them")
                }
                continue
            }
            try redactions.set(
                digest, ofDetails: inForce.roster[statement.merchant], period: period,
                try seal(notice(of: statement, period, digest)))
        }
    }

    private struct Statement {
        let merchant: MerchantID
        let number: Int64
        let signed: SHA256Digest
    }

    private func statements(of period: Int) throws -> [Statement] {
        let query = try Prepared(
            database,
            """
            SELECT merchant, number, details_digest, statement FROM statements
            WHERE period = ? ORDER BY merchant
            """
        )
        query.bind(1, period)
        return try query.all { row in
            guard let signed = SHA256Digest(text: row.text(2)) else {
                throw StoreTrouble.damaged(
                    "statements", "row \(row.integer(3))", "its details have no digest")
            }
            return Statement(
                merchant: try inForce.roster.merchant(row.integer(0), of: "statements", row.integer(3)),
                number: row.integer(1), signed: signed)
        }
    }

    private func notice(of statement: Statement, _ period: Int, _ digest: SHA256Digest) -> RedactionNotice {
        RedactionNotice(
            alliance: inForce.schedule.alliance.id, merchant: statement.merchant,
            subject: .statement(
                number: statement.number, period: inForce.schedule.calendar.period(period).id),
            signed: statement.signed, redacted: digest, at: at)
    }
}
