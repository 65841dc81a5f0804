import GRDB
public import Settlement
import Synchronization

/// A member that was forgotten, as it is called since: nothing that is kept says who it was.
public struct ForgottenMember: Hashable, Sendable {
    /// 1, 2, 3 … in the order in which they were forgotten.
    public let number: Int64
    public let pseudonym: MemberID
    /// The version of the master secret that the pseudonym was made by.
    public let secret: Int
    public let at: Instant
    /// Who had it done, and why.
    public let person: String
    public let reason: String

    /// What the audit says of it, in the first entry that names it: one that is forgotten again gets another entry, and no
    /// other row.
    public var noted: String { Self.noted(pseudonym, by: person, reason) }

    static func noted(_ pseudonym: MemberID, by person: String, _ reason: String) -> String {
        "\(pseudonym) by \(person): \(reason)"
    }
}

extension Store {
    /// The members that were forgotten, in that order. Throws `StoreTrouble` where a row is not as it was written.
    public func forgottenMembers() throws -> [ForgottenMember] {
        try reading("read who was forgotten") { try ForgottenRows($0).all() }
    }

    /// The same, for who takes batches in and lets nothing pass that names one of them. Once another member is forgotten,
    /// `append` throws `StoreTrouble`: whoever asked before would not know it.
    public func forgottenMembersForIntake() throws -> [ForgottenMember] {
        let members = try forgottenMembers()
        memory.forgotten.withLock { $0 = Int64(members.count) }
        return members
    }
}

/// The table of them.
struct ForgottenRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// All, by number. Throws `StoreTrouble` where a row is not as it was written, or one between others is gone.
    func all() throws -> [ForgottenMember] {
        var expected: Int64 = 0
        return try Prepared(
            database,
            "SELECT number, pseudonym, secret, at, person, reason, sum FROM forgotten_members ORDER BY number"
        ).all { row in
            expected += 1
            guard row.integer(0) == expected else {
                throw StoreTrouble.damaged("forgotten_members", "row \(expected)", "it is not there")
            }
            guard let pseudonym = MemberID(row.text(1)) else {
                throw StoreTrouble.damaged("forgotten_members", "row \(expected)")
            }
            let found = ForgottenMember(
                number: expected, pseudonym: pseudonym, secret: Int(clamping: row.integer(2)),
                at: row.instant(3), person: row.text(4), reason: row.text(5))
            guard Self.sum(found) == row.integer(6) else {
                throw StoreTrouble.damaged("forgotten_members", "row \(expected)")
            }
            return found
        }
    }

    /// Throws `StoreTrouble` unless there are as many as were known; nil: nobody looked.
    func requireKnown(_ count: Int64?) throws {
        guard let count else { return }
        let found = try Prepared(database, "SELECT count(*) FROM forgotten_members").first { $0.integer(0) }
        guard found != count else { return }
        throw StoreTrouble(
            "store batches",
            because: "a member was forgotten after the data was opened, and might be named again",
            hint: "start again what takes the batches in, the daemon or the command")
    }

    /// Throws `StoreTrouble` unless all are as they were written, and are those that the audit tells of.
    func verify() throws {
        let noted = try AuditRows(database).reasons(of: .memberForgotten)
        var told = Dictionary(noted.map { ($0.reason.prefix { $0 != " " }, $0) }) { first, _ in first }
        for member in try all() {
            guard let first = told.removeValue(forKey: Substring(member.pseudonym.text)) else {
                throw StoreTrouble.damaged(
                    "forgotten_members", member.pseudonym.text, "the audit does not say that it was forgotten"
                )
            }
            guard first.at == member.at, first.reason == member.noted else {
                throw StoreTrouble.damaged(
                    "forgotten_members", member.pseudonym.text,
                    "the audit says otherwise when it was forgotten, by whom or why")
            }
        }
        if let missing = told.keys.sorted().first {
            throw StoreTrouble.damaged(
                "forgotten_members", String(missing),
                "the audit says that it was forgotten, and there is no row")
        }
    }

    /// Notes that a member was forgotten; once for a pseudonym.
    func add(_ forgetting: Forgetting) throws {
        guard try !contains(forgetting.pseudonym) else { return }
        let member = ForgottenMember(
            number: try RowNumbers.next("number", of: "forgotten_members", database),
            pseudonym: forgetting.pseudonym, secret: forgetting.secret, at: forgetting.at,
            person: forgetting.person, reason: forgetting.reason)
        let insert = try Prepared(
            database,
            """
            INSERT INTO forgotten_members (number, pseudonym, secret, at, person, reason, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, member.number)
        insert.bind(2, member.pseudonym)
        insert.bind(3, member.secret)
        insert.bind(4, member.at.milliseconds)
        insert.bind(5, member.person)
        insert.bind(6, member.reason)
        insert.bind(7, Self.sum(member))
        try insert.run()
    }

    func contains(_ pseudonym: MemberID) throws -> Bool {
        let query = try Prepared(
            database, "SELECT EXISTS (SELECT 1 FROM forgotten_members WHERE pseudonym = ?)")
        query.bind(1, pseudonym)
        return try query.first { $0.integer(0) != 0 } ?? false
    }

    static func sum(_ member: ForgottenMember) -> Int64 {
        RowSum.of(
            [member.number, Int64(member.secret), member.at.milliseconds],
            [member.pseudonym.text, member.person, member.reason])
    }
}
