import Settlement
import Store

/// What keeps a close from ending until somebody does something about it: it stands on the stuck list as long as its
/// period is open.
struct CloseHindrance {
    enum Kind {
        /// A check or a changed row forbids it.
        case forbidden
        /// It would take of the room on the disk that is kept for batches.
        case room
    }

    let kind: Kind
    /// Holds no member's id.
    let reason: String
    /// What is written down: the same as long as the cause is.
    let noted: String

    /// What the note of a close begins with that waits for room.
    fileprivate static let roomNote = "it waits until there is more room on the disk"
}

extension FailedClose {
    /// Whether it would take of the room on the disk that is kept for batches, for which the daemon stays ready.
    var waitsForRoom: Bool { reason.hasPrefix(CloseHindrance.roomNote) }
}

extension PeriodCloser {
    /// What of a close's end is one; nil for a refusal, and for trouble that may pass by itself.
    func hindrance(_ error: any Error) -> CloseHindrance? {
        switch error {
        case let failure as CloseFailure:
            CloseHindrance(kind: .forbidden, reason: "\(failure)", noted: "\(failure)")
        case let trouble as StoreTrouble:
            switch trouble.kind {
            case .damage: CloseHindrance(kind: .forbidden, reason: "\(trouble)", noted: "\(trouble)")
            case .reserve:
                CloseHindrance(
                    kind: .room, reason: "\(trouble)",
                    noted:
                        "\(CloseHindrance.roomNote) than the \(reserve.bytes) bytes that are kept for batches"
                )
            case .passing: nil
            }
        default: nil
        }
    }

    /// Writes down what hinders the close of the earliest open period; once for each cause, as long as that stays the
    /// same.
    func note(_ hindrance: CloseHindrance, at instant: Instant) throws {
        let ordinal = try store.earliestOpen()
        if let known = try store.failedClose(), known.period == ordinal, known.reason == hindrance.noted {
            return
        }
        try store.noteFailedClose(of: ordinal, because: hindrance.noted, at: instant)
    }
}
