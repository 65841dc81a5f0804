import Settlement
import Store
import Synchronization

/// Notes in the audit what is refused without a valid signature. Anybody can be refused as often as they like, so
/// only the first refusals of a rush have an entry each; of the others the audit says how many there were, by code.
final class RefusalNotes: Sendable {
    private struct State {
        var bucket: TokenBucket
        var counted: [BatchRefusalCode: Int] = [:]
    }

    /// Entries a second, and twice as many at once. The disk is waited for with each.
    static let perSecond = 20

    private let store: Store
    private let state: Mutex<State>

    init(store: Store, now: ContinuousClock.Instant = .now) {
        self.store = store
        state = Mutex(State(bucket: TokenBucket(perSecond: Self.perSecond, now: now)))
    }

    /// Notes it, or counts it if there were too many lately.
    func note(
        _ refusal: BatchRefusal, digest: String?, keyID: String?, at instant: Instant,
        now: ContinuousClock.Instant = .now
    ) throws {
        let isNoted = state.withLock { state in
            if state.bucket.take(now: now) { return true }
            state.counted[refusal.code, default: 0] += 1
            return false
        }
        if isNoted { try store.note(refusal, digest: digest, keyID: keyID, merchant: nil, at: instant) }
    }

    /// Writes how many were only counted since the last time, an entry a code.
    func settle(at instant: Instant) throws {
        let counted = state.withLock { state in
            defer { state.counted = [:] }
            return state.counted
        }
        var left = counted
        do {
            for (code, count) in counted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let reason = "\(count) more batches were refused so in a rush, and only counted"
                try store.note(
                    BatchRefusal(code, reason: reason), digest: nil, keyID: nil, merchant: nil,
                    times: Int64(count), at: instant)
                left[code] = nil
            }
        } catch {
            // What could not be written is counted on.
            state.withLock { $0.counted.merge(left) { $0 + $1 } }
            throw error
        }
    }
}
