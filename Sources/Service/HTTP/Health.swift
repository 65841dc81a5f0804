import Logging
import Synchronization

/// Whether the daemon can do its work now, and if not, why.
final class Health: Sendable {
    private struct State {
        var isStopping = false
        /// Why the last attempt to write failed; nil: it did not.
        var trouble: String?
        /// Why the last close that the daemon made failed; nil: it did not.
        var closing: String?
        /// Why a close that anybody made is on the stuck list; nil: none is.
        var listed: String?
        /// Whether a close waits for room on the disk, which keeps nobody from handing in batches.
        var closeWaits = false
        /// Why used tokens cannot be written down; nil: they can.
        var forgetting: String?
        /// When the attempt that is going on began.
        var trying: ContinuousClock.Instant?
        /// Whether something was written since this was asked last.
        var hasWritten = false
        /// When the watch over the store came round last.
        var round = ContinuousClock.now
    }

    /// An attempt to write that takes longer is a reason by itself.
    static let patience = Duration.seconds(5)

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) { self.logger = logger }

    /// Nil: it can. The reason holds no secret and no member's id.
    func reason(now: ContinuousClock.Instant = .now) -> String? {
        state.withLock { state in
            if state.isStopping { return "the daemon is stopping" }
            if let trouble = state.trouble { return trouble }
            guard let trying = state.trying, now - trying > Self.patience else {
                if let closing = state.closing ?? state.listed {
                    return "a period cannot be closed: \(closing)"
                }
                return state.forgetting.map { "used tokens cannot be written down, so none is taken: \($0)" }
            }
            let seconds = (now - trying).components.seconds
            return
                "the store has been waiting to write for \(seconds) s: another process is writing to it (as a "
                + "close does), or the disk does not answer; batches wait"
        }
    }

    /// Whether a period cannot be closed, for whatever reason, until somebody does something.
    var isStuck: Bool { state.withLock { $0.closing != nil || $0.listed != nil || $0.closeWaits } }

    func stop() { state.withLock { $0.isStopping = true } }

    func begin(now: ContinuousClock.Instant = .now) { state.withLock { $0.trying = now } }

    /// The watch over the store has come round, whatever it found.
    func beat(now: ContinuousClock.Instant = .now) { state.withLock { $0.round = now } }

    /// How long it has not.
    func silence(now: ContinuousClock.Instant = .now) -> Duration { state.withLock { now - $0.round } }

    /// Something was written.
    func succeed() {
        let wasInTrouble = state.withLock { state in
            defer { state.trouble = nil }
            state.trying = nil
            state.hasWritten = true
            return state.trouble != nil
        }
        if wasInTrouble { logger.notice("ready again") }
    }

    func fail(_ reason: String) {
        let wasWell = state.withLock { state in
            defer { state.trouble = reason }
            state.trying = nil
            return state.trouble == nil
        }
        if wasWell { logger.error("not ready", metadata: ["reason": "\(reason)"]) }
    }

    /// Whether the store is in trouble, or the memory of used tokens.
    var isTroubled: Bool { state.withLock { $0.trouble != nil || $0.forgetting != nil } }

    /// Used tokens cannot be written down, so that nothing can be read by one.
    func cannotRemember(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.forgetting = reason }
            return state.forgetting != reason
        }
        if isNew { logger.error("used tokens cannot be written down", metadata: ["reason": "\(reason)"]) }
    }

    /// Used tokens can be written down.
    func remembers() {
        let wasForgetting = state.withLock { state in
            defer { state.forgetting = nil }
            return state.forgetting != nil
        }
        if wasForgetting { logger.notice("used tokens are written down again") }
    }

    /// A period cannot be closed.
    func cannotClose(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.closing = reason }
            state.closeWaits = false
            return state.closing != reason && state.listed != reason
        }
        if isNew { logger.error("a period cannot be closed", metadata: ["reason": "\(reason)"]) }
    }

    /// A close waits for room on the disk, beside what is kept for batches: the daemon can do its work.
    func closeWaits(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.closeWaits = true }
            state.closing = nil
            return !state.closeWaits
        }
        if isNew { logger.error("a close waits for room on the disk", metadata: ["reason": "\(reason)"]) }
    }

    /// What is due is closed. What is on the stuck list stays there until its period is closed.
    func closes() {
        let wasStuck = state.withLock { state in
            defer { (state.closing, state.closeWaits) = (nil, false) }
            return state.closing != nil && state.listed == nil || state.closeWaits
        }
        if wasStuck { logger.notice("closes again") }
    }

    /// What the stuck list says, whoever tried the close; nil: nothing that makes the daemon unready.
    func list(_ reason: String?) {
        let (isNew, wasStuck) = state.withLock { state in
            defer { state.listed = reason }
            return (
                state.closing != reason && state.listed != reason, state.closing == nil && state.listed != nil
            )
        }
        if let reason {
            if isNew { logger.error("a period cannot be closed", metadata: ["reason": "\(reason)"]) }
        } else if wasStuck {
            logger.notice("closes again")
        }
    }

    /// Whether there is nothing to be tried: something was written since this was last asked, and nothing failed.
    func isProved() -> Bool {
        state.withLock { state in
            defer { state.hasWritten = false }
            return state.hasWritten && state.trouble == nil
        }
    }
}
