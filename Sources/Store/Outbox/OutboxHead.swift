import GRDB
import Settlement

/// The number of the last delivery that there ever was, in a row of its own from the founding on: that the last ones
/// were taken away behind the program's back no row behind them would tell.
struct OutboxHead {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Adds the row at the founding.
    func found() throws {
        let insert = try Prepared(database, "INSERT INTO outbox_head (row, last, sum) VALUES (1, 0, ?)")
        insert.bind(1, RowSum.of([0]))
        try insert.run()
    }

    /// The number of one more delivery. What is gone stays a gap. A row that is not as it was written is left so, to be
    /// told by a check: it keeps no batch out.
    func next() throws -> Int64 {
        let next = try RowNumbers.next("delivery", of: "outbox", database)
        guard let last = try last() else { return next }
        let number = max(next, last &+ 1)
        let update = try Prepared(database, "UPDATE outbox_head SET last = ?, sum = ? WHERE row = 1")
        update.bind(1, number)
        update.bind(2, RowSum.of([number]))
        try update.run()
        return number
    }

    /// The last one; nil: the row is not as it was written, or is gone.
    func last() throws -> Int64? {
        try Prepared(database, "SELECT last, sum FROM outbox_head WHERE row = 1").first { row in
            RowSum.of([row.integer(0)]) == row.integer(1) ? row.integer(0) : nil
        } ?? nil
    }

    /// Throws `StoreTrouble` where the row is not as it was written, or the last delivery is another.
    func verify() throws {
        guard let last = try last() else {
            throw StoreTrouble.damaged("outbox_head", "its row", "it is not there, or not as it was written")
        }
        let found = try RowNumbers.next("delivery", of: "outbox", database) - 1
        guard found >= last else {
            throw StoreTrouble.damaged(
                "outbox", "row \(last)", "it is not there, nor is any behind row \(found)")
        }
        guard found == last else {
            throw StoreTrouble.damaged(
                "outbox_head", "its row", "it says that delivery \(last) is the last, and \(found) is")
        }
    }
}
