import Settlement
import Signing
import Store

/// How a differing row is told: which document or record it is about, and what differs.
extension RederivationRun {
    func finding(
        _ difference: StoredDifference, _ period: Period?
    ) throws -> RederivationReport.Finding {
        let place = try place(of: difference, period)
        guard let column = difference.column else {
            return .init(
                place, difference.stored == nil ? "is missing" : "is stored, and does not come of the history"
            )
        }
        if case .bytes(let ours)? = difference.derived, case .bytes(let theirs)? = difference.stored {
            return try finding(place, difference, ours, theirs, period)
        }
        return .init(
            place, "`\(column)` is not what comes of the history", derived: difference.derived?.text,
            stored: difference.stored?.text)
    }

    private func finding(
        _ place: String, _ difference: StoredDifference, _ derived: [UInt8], _ stored: [UInt8],
        _ period: Period?
    ) throws -> RederivationReport.Finding {
        let offset = firstDifference(derived, stored)
        switch (difference.table, difference.key.first) {
        case (.statements, _), (.closings, _):
            if difference.column == "document",
                let found = DocumentDifference(derived: derived, stored: stored)
            {
                return found.finding(place)
            }
        case (.recordChunks, .integer(let first)?):
            if let record = try self.derived.record(at: offset, ofChunk: first) {
                return .init(
                    "record \(record.id) of \(record.merchant)"
                        + (record.line.map { ", line \($0) of its batch" } ?? ""),
                    "is not stored as its batch says it, from byte \(offset + 1) of its chunk on")
            }
        case (.settlements, .text(let first)?):
            if let settled = try period.flatMap({
                try self.derived.settled(at: offset, ofChunk: first, period: $0.ordinal)
            }) {
                return .init(
                    place + ", member \(settled.member)" + Self.firstRecord(of: settled),
                    "what the close made of it is stored otherwise, and with it rows of DETAILS.csv")
            }
        default: break
        }
        return .init(
            place, "`\(difference.column ?? "")` differs from byte \(offset + 1) on",
            derived: StoredDifference.Value.bytes(derived).text,
            stored: StoredDifference.Value.bytes(stored).text)
    }

    private static func firstRecord(of settled: SettledMember) -> String {
        settled.events.first.map { ", from record \($0.record.id) of \($0.merchant) on" } ?? ""
    }

    private func place(of difference: StoredDifference, _ period: Period?) throws -> String {
        let key = difference.key.map(\.text)
        let id = period?.id ?? ""
        switch difference.table {
        case .periods: return "period \(id)"
        case .statements: return Self.place(ofDocument: key[0], id)
        case .closings: return Self.place(ofDocument: nil, id)
        case .journal: return "journal of \(id), account \(key[0])"
        case .settlements: return "settlements of \(id)"
        case .merchants: return "merchant number \(key[0])"
        case .batches: return batch(difference.key[0])
        case .batchPeriods: return "periods of \(batch(difference.key[0]))"
        case .recordRefusals: return "refused record on line \(key[1]) of \(batch(difference.key[0]))"
        case .recordChunks: return "records from number \(key[0]) on"
        case .bookings: return "booking \(key[1]) of \(key[0])"
        case .outcomes: return "what became of \(try record(difference.key[0]))"
        case .holdings: return "what member \(key[0]) holds"
        }
    }

    private func batch(_ number: StoredDifference.Value) -> String {
        guard case .integer(let number) = number else { return "a batch without a number" }
        // Where it cannot be read that was told.
        return (try? stored.arrival(number))?.place ?? "batch \(number)"
    }

    private func record(_ number: StoredDifference.Value) throws -> String {
        guard case .integer(let number) = number, let record = try derived.record(numbered: number) else {
            return "a record that there is none of"
        }
        return "record \(record.id) of \(record.merchant)"
    }
}

extension StoredDifference.Value {
    /// In short.
    var text: String {
        switch self {
        case .absent: "nothing"
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .bytes(let bytes):
            bytes.count <= 32
                ? Hexadecimal.text(bytes) : "\(bytes.count) bytes, \(SHA256Digest(of: bytes).text)"
        }
    }
}
