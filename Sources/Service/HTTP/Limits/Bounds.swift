import Settlement
import Synchronization

/// Who stands behind an upload, as far as its signature's header says: nothing is proved yet.
enum Claimant: Hashable, Sendable {
    case merchant(MerchantID)
    case `operator`
    /// A key that nobody has.
    case unknown
}

/// Keeps count of what is under way, and refuses what goes beyond the limits: first what one peer has too much of
/// (`429`), then what all have (`503`). Nothing waits here: who is refused comes again.
///
/// What a signature names is no proof before the last byte is here, and key ids are no secret: so all is counted by
/// where it comes from. And the last quarter of all room is left to those who have little of it, so that a few
/// who have all that one may have do not keep small batches out.
final class Bounds: Sendable {
    private struct Share {
        var uploads = 0
        var bytes = 0
        var spilled = 0
    }

    private struct State {
        var limits: ServerLimits
        var all = Share()
        /// Of those who have something under way.
        var shares: [Peer: Share] = [:]
        var requests: TokenBucket
        var unknown: TokenBucket
        var buckets: [Peer: TokenBucket] = [:]
    }

    private let largestBytes: Int
    private let leastBytes: Int
    private let met: LimitMeasures
    private let state: Mutex<State>

    /// What one may have in the last quarter: uploads, and bytes in memory, enough for a large one on its way to the
    /// disk.
    static let little = (uploads: 4, bytes: UploadBody.mostInMemory * 5 / 4)
    /// Peers whose rate is remembered; of more, those are forgotten that have not come lately.
    private static let mostBuckets = 10_000

    /// `largestBytes` is the largest batch that is taken at all, which must find room on the disk when it is alone;
    /// `leastBytes` what any upload may need of memory.
    init(
        _ limits: ServerLimits, largestBytes: Int, leastBytes: Int = 0, met: LimitMeasures = LimitMeasures(),
        now: ContinuousClock.Instant = .now
    ) {
        self.met = met
        self.largestBytes = largestBytes
        self.leastBytes = leastBytes
        state = Mutex(
            State(
                limits: limits.fitting(largestBytes: largestBytes, leastBytes: leastBytes),
                requests: TokenBucket(perSecond: limits.requestsPerSecond, now: now),
                unknown: TokenBucket(perSecond: limits.unknownPerSecond, now: now)))
    }

    /// Counts by these from now on. What is under way stays so, however much it is; rates begin anew.
    func change(to limits: ServerLimits, now: ContinuousClock.Instant = .now) {
        let fitting = limits.fitting(largestBytes: largestBytes, leastBytes: leastBytes)
        state.withLock { state in
            guard state.limits != fitting else { return }
            state.limits = fitting
            state.requests = TokenBucket(perSecond: fitting.requestsPerSecond, now: now)
            state.unknown = TokenBucket(perSecond: fitting.unknownPerSecond, now: now)
            state.buckets = [:]
        }
    }

    /// Counts a request against the rate of all and, if it is known, against its peer's. Throws `busy` or
    /// `rate_limited`.
    func request(of peer: Peer?, now: ContinuousClock.Instant = .now) throws(Problem) {
        guard state.withLock({ $0.requests.take(now: now) }) else {
            throw refused(.busy("too many requests"), by: .requestsPerSecond)
        }
        if let peer { try count(peer, now: now) }
    }

    /// Counts an upload that names no known key against the rate of all those, one whose peer nobody knows against
    /// that of whom it names. Throws `rate_limited`.
    func pass(
        _ claimant: Claimant, of peer: Peer?, now: ContinuousClock.Instant = .now
    ) throws(Problem) {
        if claimant == .unknown {
            let beyond = state.withLock { $0.unknown.take(now: now) ? nil : $0.limits.unknownPerSecond }
            if let beyond { throw refused(.rateLimited(perSecond: beyond), by: .unknownPerSecond) }
        } else if peer == nil {
            try count(.claimant(claimant), now: now)
        }
    }

    private func count(_ peer: Peer, now: ContinuousClock.Instant) throws(Problem) {
        let beyond = state.withLock { state -> Int? in
            let rate = state.limits.requestsPerSecondPerPeer
            if state.buckets.count >= Self.mostBuckets {
                state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
            }
            let passes = state.buckets[peer, default: TokenBucket(perSecond: rate, now: now)].take(now: now)
            return passes ? nil : rate
        }
        if let beyond { throw refused(.rateLimited(perSecond: beyond), by: .requestsPerSecondPerPeer) }
    }

    /// Counts a body that was cut off, as it came too slowly.
    func metTooSlow() { met.met(.bodySeconds) }

    /// The problem, once the limit that it comes of has counted it.
    private func refused(_ problem: Problem, by limit: LimitMeasures.Limit) -> Problem {
        met.met(limit)
        return problem
    }

    /// Begins an upload, which must be left. Throws `too_many_uploads` or `busy`.
    func enter(_ peer: Peer) throws(Problem) -> Place {
        let problem = state.withLock { state -> Problem? in
            let limits = state.limits
            let own = state.shares[peer, default: Share()].uploads
            if own >= limits.uploadsPerPeer {
                return refused(.tooMany("\(limits.uploadsPerPeer) uploads at once"), by: .uploadsPerPeer)
            }
            let most = own < Self.little.uploads ? limits.uploads : Self.common(limits.uploads)
            if state.all.uploads >= most {
                return refused(.busy("\(state.all.uploads) uploads are under way"), by: .uploads)
            }
            state.all.uploads += 1
            state.shares[peer, default: Share()].uploads += 1
            return nil
        }
        if let problem { throw problem }
        return Place(bounds: self, peer: peer)
    }

    /// What is left when the last quarter is kept.
    private static func common(_ most: Int) -> Int { most - most / 4 }

    /// What is under way: uploads, and bytes of bodies in memory and on the disk.
    var underWay: (uploads: Int, bytes: Int, spilled: Int) {
        state.withLock { ($0.all.uploads, $0.all.bytes, $0.all.spilled) }
    }

    fileprivate func hold(_ bytes: Int, of peer: Peer) throws(Problem) {
        let problem = state.withLock { state -> Problem? in
            let limits = state.limits
            let own = state.shares[peer, default: Share()].bytes + bytes
            if own > limits.bodyBytesPerPeer {
                return refused(.tooMany("\(limits.bodyBytesPerPeer) bytes at once"), by: .bodyBytesPerPeer)
            }
            let most = own <= Self.little.bytes ? limits.bodyBytes : Self.common(limits.bodyBytes)
            if state.all.bytes + bytes > most {
                return refused(.busy("\(state.all.bytes) bytes are under way"), by: .bodyBytes)
            }
            state.all.bytes += bytes
            state.shares[peer, default: Share()].bytes = own
            return nil
        }
        if let problem { throw problem }
    }

    fileprivate func spill(_ bytes: Int, of peer: Peer) throws(Problem) {
        let problem = state.withLock { state -> Problem? in
            let limits = state.limits
            let own = state.shares[peer, default: Share()].spilled + bytes
            if own > limits.spillBytesPerPeer {
                return refused(
                    .tooMany("\(limits.spillBytesPerPeer) bytes of large batches at once"),
                    by: .spillBytesPerPeer)
            }
            if state.all.spilled + bytes > limits.spillBytes {
                return refused(
                    .busy("\(state.all.spilled) bytes of large batches are under way"), by: .spillBytes)
            }
            state.all.spilled += bytes
            state.shares[peer, default: Share()].spilled = own
            return nil
        }
        if let problem { throw problem }
    }

    fileprivate func leave(_ peer: Peer, uploads: Int, bytes: Int, spilled: Int) {
        state.withLock { state in
            guard var share = state.shares[peer] else { preconditionFailure("who leaves has entered") }
            share.uploads -= uploads
            share.bytes -= bytes
            share.spilled -= spilled
            state.all.uploads -= uploads
            state.all.bytes -= bytes
            state.all.spilled -= spilled
            precondition(
                share.uploads >= 0 && share.bytes >= 0 && share.spilled >= 0, "what is left was held")
            state.shares[peer] = share.uploads == 0 ? nil : share
        }
    }
}

extension ServerLimits {
    /// The same, with room for the largest batch when it is alone, and for what any upload may need of memory.
    fileprivate func fitting(largestBytes: Int, leastBytes: Int) -> ServerLimits {
        var limits = self
        limits.bodyBytesPerPeer = max(limits.bodyBytesPerPeer, leastBytes)
        limits.bodyBytes = max(limits.bodyBytes, leastBytes * 4 / 3)
        limits.spillBytes = max(limits.spillBytes, largestBytes)
        limits.spillBytesPerPeer = max(limits.spillBytesPerPeer, largestBytes)
        return limits
    }
}

/// An upload under way, and how many bytes of it are in memory and on the disk. It is left once.
struct Place: ~Copyable {
    private let bounds: Bounds
    private let peer: Peer
    private var bytes = 0
    private var spilled = 0

    fileprivate init(bounds: Bounds, peer: Peer) {
        self.bounds = bounds
        self.peer = peer
    }

    /// Counts more bytes that are kept in memory. Throws `too_many_uploads` or `busy`.
    mutating func hold(_ more: Int) throws(Problem) {
        try bounds.hold(more, of: peer)
        bytes += more
    }

    /// Gives back what is in memory no more.
    mutating func release(_ fewer: Int) {
        precondition(fewer <= bytes, "what is given back was held")
        bounds.leave(peer, uploads: 0, bytes: fewer, spilled: 0)
        bytes -= fewer
    }

    /// Counts more bytes that go to the disk. Throws `too_many_uploads` or `busy`.
    mutating func spill(_ more: Int) throws(Problem) {
        try bounds.spill(more, of: peer)
        spilled += more
    }

    /// Holds it up to here.
    borrowing func keep() {}

    deinit { bounds.leave(peer, uploads: 1, bytes: bytes, spilled: spilled) }
}
