import Settlement
import Store
import Synchronization

/// Notes refused batches in the audit. Anybody can be refused as often as they like, so of each merchant, and of all
/// whose signature proves nothing together, only the first refusals of a rush have an entry each; of the others the
/// audit says how many there were, by code.
final class RefusalNotes: Sendable {
    private struct State {
        /// By whose key it was, as far as that is proved.
        var buckets: [MerchantID?: TokenBucket] = [:]
        var counted: [Kind: Int] = [:]
    }

    private struct Kind: Hashable, Comparable {
        let merchant: MerchantID?
        let code: BatchRefusalCode

        private var name: String { merchant?.text ?? "" }

        static func < (left: Kind, right: Kind) -> Bool {
            (left.name, left.code.rawValue) < (right.name, right.code.rawValue)
        }
    }

    /// Entries a second, and twice as many at once. The disk is waited for with each.
    static let perSecond = 20

    private let store: Store
    private let state = Mutex(State())

    init(store: Store) { self.store = store }

    /// Notes it, or counts it if there were too many lately. `merchant` is whose valid signature it bears; nil: nobody's
    /// that is proved.
    func note(
        _ refusal: BatchRefusal, digest: String?, keyID: String?, merchant: MerchantID? = nil,
        at instant: Instant, now: ContinuousClock.Instant = .now
    ) throws {
        let isNoted = state.withLock { state in
            let full = TokenBucket(perSecond: Self.perSecond, now: now)
            if state.buckets[merchant, default: full].take(now: now) { return true }
            state.counted[Kind(merchant: merchant, code: refusal.code), default: 0] += 1
            return false
        }
        if isNoted { try store.note(refusal, digest: digest, keyID: keyID, merchant: merchant, at: instant) }
    }

    /// Writes how many were only counted since the last time, an entry a merchant and code.
    func settle(at instant: Instant) throws {
        let counted = state.withLock { state in
            defer { state.counted = [:] }
            return state.counted
        }
        var left = counted
        do {
            for (kind, count) in counted.sorted(by: { $0.key < $1.key }) {
                let reason = "\(count) more batches were refused so in a rush, and only counted"
                try store.note(
                    BatchRefusal(kind.code, reason: reason), digest: nil, keyID: nil, merchant: kind.merchant,
                    times: Int64(count), at: instant)
                left[kind] = nil
            }
        } catch {
            // What could not be written is counted on.
            state.withLock { $0.counted.merge(left) { $0 + $1 } }
            throw error
        }
    }
}
