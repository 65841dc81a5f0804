import Settlement
import Signing
import Testing

@testable import Store

/// Two closed months and an open one, in which one member does all that leaves traces: it holds a lot, owes, waits with
/// a redemption, and is named by equal copies, by a line that was refused alone, and by a record that no close has
/// seen.
///
/// Its id is part of nothing else.
enum ForgettingStory {
    static let member: MemberID = "quincy-4711-zz"
    static let at = Instant.at("2026-03-10T00:00:00Z")

    static func scene(as member: MemberID = member) throws -> Scene {
        let scene = try Scene(Scene.alliance(carry: 3))
        try playJanuary(in: scene, as: member)
        try scene.close(0)
        try playFebruary(in: scene, as: member)
        try scene.close(1)
        try scene.send(
            "b4", 4,
            [
                record("i", .earn, "amy", 5, "2026-03-04T10:00:00Z"),
                record("j", .earn, member, 11, "2026-03-05T10:00:00Z"),
            ], received: .at("2026-03-06T00:00:00Z"))
        return scene
    }

    private static func playJanuary(in scene: Scene, as member: MemberID) throws {
        try scene.send(
            "b1", 1,
            [
                // A debt to M, which nothing of M's pays.
                record("k", .earn, member, 7, "2026-01-02T10:00:00Z"),
                record("l", .redeem, member, 7, "2026-01-03T10:00:00Z"),
                record("m", .earnReversal, member, 7, "2026-01-04T10:00:00Z", ref: "k"),
                record("n", .earn, "henry", 40, "2026-01-05T10:00:00Z"),
                // Waits.
                record("d", .redeem, member, 500, "2026-01-20T10:00:00Z"),
            ])
        try scene.send("b2", 2, [record("o", .earn, "zed", 3, "2026-01-06T10:00:00Z")])
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, member, 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "amy", 50, "2026-01-06T10:00:00Z"),
                record("c", .redeem, member, 30, "2026-01-07T10:00:00Z"),
            ], of: "N")
    }

    private static func playFebruary(in scene: Scene, as member: MemberID) throws {
        // Nothing of it is accepted.
        try scene.send(
            "b3", 3, [record("k", .earn, member, 7, "2026-01-02T10:00:00Z")],
            received: .at("2026-02-20T00:00:00Z"))
        try scene.send(
            "b2", 2,
            [
                record("a", .earn, member, 100, "2026-01-05T10:00:00Z"),
                record("a", .earn, member, 999, "2026-01-05T10:00:00Z"),
                record("e", .earn, "amy", 5, "2026-02-05T10:00:00Z"),
                record("f", .redeem, member, 15, "2026-02-06T10:00:00Z"),
            ], of: "N", received: .at("2026-02-21T00:00:00Z"))
    }
}

extension Scene {
    func pseudonym(of member: MemberID = ForgettingStory.member) -> MemberID {
        MemberID(verified: member.withBytes { master.pseudonymKey(secret: 1).pseudonym(of: $0) })
    }

    /// What the door knows of who was forgotten.
    func pseudonyms() throws -> Pseudonyms {
        Pseudonyms(
            keys: [master.pseudonymKey(secret: 1)],
            known: Set(try store.forgottenMembers().map(\.pseudonym)))
    }

    func forgetting(
        _ member: MemberID = ForgettingStory.member, as pseudonym: MemberID? = nil,
        at instant: Instant = ForgettingStory.at, archives: [RewrittenArchive] = []
    ) -> Forgetting {
        Forgetting(
            member: member, pseudonym: pseudonym ?? self.pseudonym(of: member), secret: 1, at: instant,
            person: "Dana", reason: "asked for it", archives: archives)
    }

    @discardableResult
    func forget(_ forgetting: Forgetting) throws -> ForgottenCounts {
        let signer = signer
        return try store.forget(forgetting) { signer.seal($0.bytes, for: $0.merchant.text) }
    }

    /// Rows as text, value by value as SQL writes them.
    func rows(_ columns: String, of table: String, _ rest: String = "ORDER BY 1, 2") throws -> [String] {
        let quoted = columns.split(separator: ",").map { "quote(\($0))" }.joined(separator: " || ',' || ")
        return try store.reading("look") { database in
            try Prepared(database, "SELECT \(quoted) FROM (SELECT \(columns) FROM \(table) \(rest))").all {
                $0.text(0)
            }
        }
    }

    /// All that names members of what was made of batches, and what closes say that they kept of it.
    func memberRows() throws -> [[String]] {
        [
            try rows("first,batch,merchant,records,bytes", of: "record_chunks"),
            try rows("period,first_member,last_member,bytes", of: "settlements"),
            try rows("member,period,bytes", of: "holdings"),
            try rows("period,record,state,code,attempts,missing", of: "outcomes"),
            try rows("period,settlement_rows,outcome_sum,holders", of: "periods"),
            try rows(
                "period,holdings_sum", of: "periods", "WHERE period = (SELECT max(period) FROM periods)"),
        ]
    }

    /// The files DETAILS.csv of a period, by merchant.
    func details(_ period: Int) throws -> [MerchantID: [UInt8]] {
        var files: [MerchantID: [UInt8]] = [:]
        try store.details(period: period) { files[$0, default: []] += $1 }
        return files
    }
}
