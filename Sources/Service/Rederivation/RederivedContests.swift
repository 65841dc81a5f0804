import Settlement
import Signing
import Store

/// Disputes that merchants signed, held against what they signed.
extension RederivationRun {
    /// Checks its signature by the key as it was when it came, and that the row and its first step say what was signed.
    mutating func check(_ stored: StoredContest) {
        let place = "dispute \(stored.number)"
        guard let received = stored.opened else {
            return report.add(.init(place, "no step says when it was opened"))
        }
        do {
            let authentic = try AuthenticContest(
                bytes: stored.bytes, signature: keys.signature(stored.signature, of: stored.bytes).text,
                received: received
            ) { [keys] in keys.key($0, at: received) }
            if let jws = try? DetachedJWS(parsing: stored.signature) { usedKeys.insert(jws.keyID) }
            // As long as records stand on it, and one or a statement is contested, the alliance keeps its id.
            try authentic.contest.check(for: try self.stored.schedule().alliance.id, received: received)
            compare(stored, authentic, place)
        } catch let refusal as BatchRefusal {
            report.add(.init(place, "\(refusal.code.rawValue): \(refusal.reason)"))
        } catch {
            report.add(.init(place, "\(error)"))
        }
    }

    private mutating func compare(_ stored: StoredContest, _ signed: AuthenticContest, _ place: String) {
        var (period, line, record): (String?, String?, String?)
        switch signed.contest.subject {
        case .line(let number, let id):
            (period, line) = (calendar.ordinal(id: id).map { "\($0)" } ?? id, "\(number)")
        case .record(let id): record = id.text
        }
        let pairs: [(name: String, signed: String?, stored: String?)] = [
            ("merchant", signed.merchant.text, stored.merchant),
            ("reference", signed.contest.reference.text, stored.reference),
            ("period", period, stored.period.map { "\($0)" }),
            ("line", line, stored.line.map { "\($0)" }),
            ("record", record, stored.record),
            ("text", signed.contest.reason, stored.reason),
            ("person", signed.merchant.text, stored.person),
        ]
        for pair in pairs where pair.signed != pair.stored {
            report.add(
                .init(
                    place, "`\(pair.name)` is not what its merchant signed", derived: pair.signed ?? "none",
                    stored: pair.stored ?? "none"))
        }
    }
}
