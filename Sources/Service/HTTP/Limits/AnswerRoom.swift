import Settlement
import Store
import Synchronization

/// Keeps count of what answers under way take of memory and disk: who asks over many connections and reads nothing
/// finds its bound here.
///
/// On the disk what answers batches has a part of its own, as large as that of readers: neither takes of the other's. Of
/// either, as of the memory, each recipient has its share.
final class AnswerRoom: Sendable {
    /// Whose part of the room an answer takes.
    enum Recipient: Hashable, Sendable {
        /// Whoever may read what anybody may.
        case anybody
        case reader(ReadingToken.Reader)
        /// Who sent a batch.
        case sender(Peer)

        fileprivate var disk: Place {
            switch self {
            case .anybody, .reader: \.readers
            case .sender: \.senders
            }
        }
    }

    fileprivate typealias Place = any WritableKeyPath<Rooms, SharedRoom> & Sendable

    fileprivate struct Rooms {
        var memory: SharedRoom
        var readers: SharedRoom
        var senders: SharedRoom
    }

    /// Files of answers to readers at once, and as many of answers to batches.
    static let mostFiles = 256

    /// Where the files lie.
    let folder: String
    private let reserve: DiskReserve
    private let met: LimitMeasures
    private let rooms: Mutex<Rooms>

    /// At most so many bytes of answers in memory, and in each part of the disk so many bytes and files; more bytes if
    /// those of four answers as large as `largestBytes` are more. Who writes a file that is not to take of the
    /// `reserve` asks `leaveReserve`.
    init(
        folder: String, memoryBytes: Int = 16 << 20, fileBytes: Int = 1 << 30,
        files: Int = AnswerRoom.mostFiles, largestBytes: Int = 0, reserve: DiskReserve = .none,
        met: LimitMeasures = LimitMeasures()
    ) {
        self.met = met
        self.folder = folder
        self.reserve = reserve
        let disk = SharedRoom(bytes: max(fileBytes, 4 * largestBytes), answers: files)
        rooms = Mutex(Rooms(memory: SharedRoom(bytes: memoryBytes), readers: disk, senders: disk))
    }

    /// What is under way: bytes in memory and on the disk, and files.
    var underWay: (memoryBytes: Int, fileBytes: Int, files: Int) {
        rooms.withLock { rooms in
            let (readers, senders) = (rooms.readers.taken, rooms.senders.taken)
            return (
                rooms.memory.taken.bytes, readers.bytes + senders.bytes, readers.answers + senders.answers
            )
        }
    }

    /// Room in memory; nil: there is none, or the recipient has its share.
    func inMemory(_ bytes: Int, for recipient: Recipient) -> Share? { take(bytes, \.memory, for: recipient) }

    /// Room for a file. Throws `busy` where there is none, or the recipient has its share.
    func onDisk(_ bytes: Int, for recipient: Recipient) throws(Problem) -> Share {
        guard let share = take(bytes, recipient.disk, for: recipient) else {
            met.met(.answers)
            throw .busy("many long answers are being fetched")
        }
        return share
    }

    /// Throws `busy` where so many bytes more on the disk would take of its reserve.
    func leaveReserve(_ bytes: Int) throws(Problem) {
        guard reserve.isLeft(writing: bytes, in: folder) else {
            met.met(.answers)
            throw .busy("less of the disk is free than is kept for batches")
        }
    }

    private func take(_ bytes: Int, _ place: Place, for recipient: Recipient) -> Share? {
        guard rooms.withLock({ $0[keyPath: place].take(bytes, for: recipient) }) else { return nil }
        return Share(of: self, place, bytes, recipient)
    }

    /// Room that is taken. Given back when it is let go of.
    final class Share: Sendable {
        private let room: AnswerRoom
        private let place: Place
        private let bytes: Int
        private let recipient: Recipient

        fileprivate init(of room: AnswerRoom, _ place: Place, _ bytes: Int, _ recipient: Recipient) {
            self.room = room
            self.place = place
            self.bytes = bytes
            self.recipient = recipient
        }

        deinit { room.rooms.withLock { $0[keyPath: place].giveBack(bytes, of: recipient) } }
    }
}
