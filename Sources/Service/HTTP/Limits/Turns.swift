import Synchronization

/// Who is next where one thing is done after the other: of those who wait each in turn, and what one wants in its
/// order, so that nobody waits for all that another has brought.
final class Turns<Work: Sendable>: Sendable {
    private struct Line {
        /// Those who have something waiting, the next first.
        var order: [Peer] = []
        var works: [Peer: [Work]] = [:]
    }

    private let line = Mutex(Line())

    func add(_ work: Work, of peer: Peer) {
        line.withLock { line in
            if line.works[peer] == nil { line.order.append(peer) }
            line.works[peer, default: []].append(work)
        }
    }

    /// What comes next; to be asked for as often as something was added.
    func next() -> Work {
        line.withLock { line in
            precondition(!line.order.isEmpty, "as many are asked for as were added")
            let peer = line.order.removeFirst()
            guard var works = line.works[peer], !works.isEmpty else {
                preconditionFailure("who stands in line has something waiting")
            }
            let work = works.removeFirst()
            line.works[peer] = works.isEmpty ? nil : works
            if !works.isEmpty { line.order.append(peer) }
            return work
        }
    }
}
