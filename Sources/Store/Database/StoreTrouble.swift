import GRDB
import GRDBSQLite

/// The store could not do its work: a full disk, a foreign file, another process in the way.
public struct StoreTrouble: Error, Hashable, Sendable {
    /// What was tried.
    public let attempt: String
    /// Why it failed.
    public let cause: String
    /// What to do about it, when someone can.
    public let hint: String?
    public let kind: Kind

    /// What has to happen before it is over.
    public enum Kind: Hashable, Sendable {
        /// It may pass by itself, as another process's work does.
        case passing
        /// What is in the file is not what was written: it will not pass by itself.
        case damage
        /// A close stopped before it took of the room that is kept for batches: it passes once there is more.
        case reserve
    }

    public var isDamage: Bool { kind == .damage }

    public init(
        _ attempt: String, because cause: String, hint: String? = nil, kind: Kind = .passing
    ) {
        self.attempt = attempt
        self.cause = cause
        self.hint = hint
        self.kind = kind
    }

    /// A row that was changed behind the program's back. `row` tells it from others of its table, and names no member.
    public static func damaged(_ table: String, _ row: String, _ cause: String = changed) -> StoreTrouble {
        // What the bank booked comes of no batch: nothing can be made again from them.
        let differs = table.hasPrefix("bank_") ? "" : "; `settled rederive` says what differs"
        return StoreTrouble(
            "read \(table), \(row)", because: cause,
            hint: "stop, keep a copy of the file, and restore the last backup\(differs)", kind: .damage)
    }

    /// Why a row is damaged whose sum does not hold.
    public static let changed = "its bytes are not those that were written"
}

extension StoreTrouble: CustomStringConvertible {
    public var description: String {
        "cannot \(attempt): \(cause)" + (hint.map { "; \($0)" } ?? "")
    }
}

/// Does the work; what SQLite says comes out as `StoreTrouble`, everything else as it is.
func trying<Value>(_ attempt: @autoclosure () -> String, _ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let error as DatabaseError {
        throw StoreTrouble(
            attempt(), because: cause(of: error), hint: hint(for: error.resultCode), kind: kind(of: error))
    }
}

/// A sum that passes 64 bits is damage too: no figures that were written come to one.
private func kind(of error: DatabaseError) -> StoreTrouble.Kind {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damage
    case .SQLITE_ERROR where error.message == "integer overflow": .damage
    default: .passing
    }
}

private func cause(of error: DatabaseError) -> String {
    // Of a copy that fails it is asked only once its connection is well again.
    guard let message = error.message, message != "not an error" else {
        return String(cString: sqlite3_errstr(error.resultCode.rawValue))
    }
    return message
}

private func hint(for code: ResultCode) -> String? {
    switch code {
    case .SQLITE_FULL: "make room on the disk, then try again; nothing was half-written"
    case .SQLITE_BUSY, .SQLITE_LOCKED:
        "another process is writing to this data folder; try again when it is done"
    case .SQLITE_CANTOPEN: "check that the data folder is there and that this user may write to it"
    case .SQLITE_READONLY, .SQLITE_PERM: "give this user the right to write to the data folder and its files"
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: "stop, keep a copy of the file, and restore the last backup"
    case .SQLITE_IOERR: "look at the system's log for errors of the disk"
    default: nil
    }
}
