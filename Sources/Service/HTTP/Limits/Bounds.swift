import Settlement
import Synchronization

/// Who stands behind a request, as far as its signature's header says: nothing is proved yet.
enum Claimant: Hashable, Sendable {
    case merchant(MerchantID)
    case `operator`
    /// A key that nobody has.
    case unknown
}

/// Keeps count of what is under way, and refuses what goes beyond the limits: first what one merchant has too
/// much of (`429`), then what all have (`503`). Nothing waits here: who is refused comes again.
final class Bounds: Sendable {
    private struct Share {
        var uploads = 0
        var bytes = 0
    }

    private struct State {
        var all = Share()
        /// Of those who have something under way.
        var shares: [Claimant: Share] = [:]
        var requests: TokenBucket
        /// Of merchants that are known, so never more than those.
        var buckets: [Claimant: TokenBucket] = [:]
    }

    private let limits: ServerLimits
    private let state: Mutex<State>

    /// `largestBytes` is the largest body that is taken at all, which must find room when it is alone.
    init(_ limits: ServerLimits, largestBytes: Int, now: ContinuousClock.Instant = .now) {
        var limits = limits
        limits.bodyBytes = max(limits.bodyBytes, largestBytes)
        limits.bodyBytesPerMerchant = max(limits.bodyBytesPerMerchant, largestBytes)
        self.limits = limits
        state = Mutex(State(requests: TokenBucket(perSecond: limits.requestsPerSecond, now: now)))
    }

    /// Counts a request of anybody. Throws `busy`.
    func request(now: ContinuousClock.Instant = .now) throws(Problem) {
        guard state.withLock({ $0.requests.take(now: now) }) else { throw .busy("too many requests") }
    }

    /// Counts an upload against its claimant's rate. Throws `rate_limited`.
    func pass(_ claimant: Claimant, now: ContinuousClock.Instant = .now) throws(Problem) {
        let rate = claimant == .unknown ? limits.unknownPerSecond : limits.requestsPerSecondPerMerchant
        let passes = state.withLock { state in
            state.buckets[claimant, default: TokenBucket(perSecond: rate, now: now)].take(now: now)
        }
        guard passes else { throw .rateLimited(perSecond: rate) }
    }

    /// Begins an upload, which must be left. Throws `too_many_uploads` or `busy`.
    func enter(_ claimant: Claimant) throws(Problem) -> Place {
        let problem = state.withLock { state -> Problem? in
            if state.shares[claimant, default: Share()].uploads >= limits.uploadsPerMerchant {
                return .tooMany("\(limits.uploadsPerMerchant) uploads at once")
            }
            if state.all.uploads >= limits.uploads { return .busy("\(limits.uploads) uploads are under way") }
            state.all.uploads += 1
            state.shares[claimant, default: Share()].uploads += 1
            return nil
        }
        if let problem { throw problem }
        return Place(bounds: self, claimant: claimant)
    }

    /// What is under way: uploads and bytes of bodies.
    var underWay: (uploads: Int, bytes: Int) { state.withLock { ($0.all.uploads, $0.all.bytes) } }

    fileprivate func hold(_ bytes: Int, of claimant: Claimant) throws(Problem) {
        let problem = state.withLock { state -> Problem? in
            let share = state.shares[claimant, default: Share()].bytes
            if share + bytes > limits.bodyBytesPerMerchant {
                return .tooMany("\(limits.bodyBytesPerMerchant) bytes at once")
            }
            if state.all.bytes + bytes > limits.bodyBytes {
                return .busy("\(limits.bodyBytes) bytes are under way")
            }
            state.all.bytes += bytes
            state.shares[claimant, default: Share()].bytes += bytes
            return nil
        }
        if let problem { throw problem }
    }

    fileprivate func leave(_ claimant: Claimant, bytes: Int) {
        state.withLock { state in
            guard var share = state.shares[claimant] else {
                preconditionFailure("who leaves has entered")
            }
            share.uploads -= 1
            share.bytes -= bytes
            state.all.uploads -= 1
            state.all.bytes -= bytes
            precondition(share.uploads >= 0 && share.bytes >= 0, "what is left was held")
            state.shares[claimant] = share.uploads == 0 ? nil : share
        }
    }
}

/// An upload under way, and how many bytes of it are in memory. It is left once.
struct Place: ~Copyable {
    fileprivate let bounds: Bounds
    fileprivate let claimant: Claimant
    private var bytes = 0

    fileprivate init(bounds: Bounds, claimant: Claimant) {
        self.bounds = bounds
        self.claimant = claimant
    }

    /// Counts more bytes that are kept. Throws `too_many_uploads` or `busy`.
    mutating func hold(_ more: Int) throws(Problem) {
        try bounds.hold(more, of: claimant)
        bytes += more
    }

    deinit { bounds.leave(claimant, bytes: bytes) }
}
