import Synchronization

/// How many explanations are made at once, for all merchants together: each goes through all that a close kept or
/// through whole batches, which takes memory, and a thread from all others who read.
final class ExplanationLanes: Sendable {
    enum Lane: Hashable, Sendable {
        /// A record's life, or why it was refused: batches of any size may have to be read for it.
        case record
        /// A line of a statement, or its points.
        case statement

        /// Together they leave one of the reading threads to everybody else.
        var most: Int {
            switch self {
            case .record: 1
            case .statement: 2
            }
        }

        var isFull: String {
            switch self {
            case .record: "another record is being explained"
            case .statement: "other lines of statements are being explained"
            }
        }
    }

    private let taken = Mutex<[Lane: Int]>([:])

    /// Throws `busy` where as many are being made as may be.
    func take(_ lane: Lane) throws(Problem) -> Place {
        let isTaken = taken.withLock { taken in
            guard taken[lane, default: 0] < lane.most else { return false }
            taken[lane, default: 0] += 1
            return true
        }
        guard isTaken else { throw .busy(lane.isFull) }
        return Place(lanes: self, lane: lane)
    }

    fileprivate func free(_ lane: Lane) { taken.withLock { $0[lane, default: 1] -= 1 } }

    /// Given back when it is let go of.
    final class Place: Sendable {
        private let lanes: ExplanationLanes
        private let lane: Lane

        fileprivate init(lanes: ExplanationLanes, lane: Lane) {
            self.lanes = lanes
            self.lane = lane
        }

        deinit { lanes.free(lane) }
    }
}
