import GRDB
import Migrations

/// Which of our schemas a file has, and the way to the present one.
enum Schema {
    /// `SETL` in ASCII, in the file's header: `file` and we know by it whose database this is.
    static let applicationID: Int64 = 0x5345_544C

    /// The schema that this program works on.
    static let present = Migrations.all.count

    /// The file's schema; 0 for an empty file. Throws `StoreTrouble` for a database of another program.
    static func number(_ database: Database, path: String) throws -> Int {
        let number = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard tables == 0 || application == applicationID else {
            throw StoreTrouble(
                "open \(path)", because: "it is a database of another program",
                hint: "name the data folder that `settled init` made")
        }
        return number
    }

    /// The file's schema, 0 for an empty file. Throws `StoreTrouble` for a database of another program, and for one of a
    /// newer program.
    static func requireKnown(_ database: Database, path: String) throws -> Int {
        let found = try number(database, path: path)
        guard found <= present else {
            throw StoreTrouble(
                "open \(path)", because: "its schema is \(found), this program knows those up to \(present)",
                hint: "use the newer program that wrote it")
        }
        return found
    }

    /// Takes the steps that are missing; part of the caller's transaction. Refuses a file of a newer program.
    ///
    /// Gives the steps that were taken, and how long each took.
    @discardableResult
    static func migrate(_ database: Database, path: String) throws -> [SchemaUpgrade.Step] {
        let found = try requireKnown(database, path: path)
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        return try Migrations.all.enumerated().dropFirst(found).map { position, step in
            precondition(step.number == position + 1, "schema steps count from 1 without a gap")
            let begin = ContinuousClock.now
            try database.execute(sql: step.sql)
            try database.execute(sql: "PRAGMA user_version = \(step.number)")
            return SchemaUpgrade.Step(
                number: step.number, name: step.name, duration: ContinuousClock.now - begin)
        }
    }
}
