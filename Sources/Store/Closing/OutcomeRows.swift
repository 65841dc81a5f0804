import GRDB
import Settlement

/// What closes made of records that did not simply settle in their period.
struct OutcomeRows {
    private let query: Prepared

    init(_ database: Database) throws {
        query = try Prepared(database, "SELECT state, code FROM outcomes WHERE period = ? AND record = ?")
    }

    /// What the closes before `end` left a record as whose own period is `period`; nil: that is not among them.
    ///
    /// A record has a row of its own period's close, and one more of each next as long as it stays pending.
    func state(of record: RecordNumber, in period: Int, before end: Int) throws -> RecordState? {
        guard period < end else { return nil }
        var state = RecordState.settled(period: period)
        for close in period..<end {
            query.bind(1, close)
            query.bind(2, record.value)
            guard let found = try query.first({ try Self.state($0, of: close) }) else { break }
            state = found
            guard case .pending = found else { break }
        }
        return state
    }

    private static func state(_ row: Prepared, of period: Int) throws -> RecordState {
        let code = row.textOrNil(1).flatMap { SettlementRefusalCode(rawValue: $0) }
        return switch (row.text(0), code) {
        case ("pending", let code?): .pending(code)
        case ("refused", let code?): .refused(code, period: period)
        default: .settled(period: period)
        }
    }
}
