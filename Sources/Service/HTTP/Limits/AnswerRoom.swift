import Settlement
import Store
import Synchronization

/// Keeps count of what answers under way take of memory and disk: who asks over many connections and reads nothing
/// finds its bound here.
///
/// On the disk what answers batches has a part of its own, as large as that of readers: neither takes of the other's. Of
/// either one recipient has at most a quarter, so that it leaves room to the others; but a first file it may always have.
final class AnswerRoom: Sendable {
    /// Whose part of the room an answer takes.
    enum Recipient: Hashable, Sendable {
        /// Whoever may read what anybody may.
        case anybody
        case reader(ReadingToken.Reader)
        /// Who sent a batch.
        case sender(Peer)

        fileprivate var part: Part {
            switch self {
            case .anybody, .reader: .readers
            case .sender: .senders
            }
        }
    }

    fileprivate enum Part { case readers, senders }

    /// Files of answers to readers at once, and as many of answers to batches.
    static let mostFiles = 256

    /// Where the files lie.
    let folder: String
    private let memoryBytes: Int
    private let fileBytes: Int
    private let files: Int
    private let reserve: DiskReserve
    private let held = Mutex(Held())

    private struct Held {
        var memoryBytes = 0
        var parts: [Part: OnDisk] = [:]
        /// The same of each who has any.
        var own: [Recipient: OnDisk] = [:]
    }

    private struct OnDisk {
        var bytes = 0
        var files = 0

        mutating func add(_ more: Int) {
            bytes += more
            files += 1
        }

        mutating func remove(_ less: Int) {
            bytes -= less
            files -= 1
        }
    }

    /// At most so many bytes of answers in memory, and in each part of the disk so many bytes and files, which leave the
    /// `reserve` alone.
    init(
        folder: String, memoryBytes: Int = 16 << 20, fileBytes: Int = 1 << 30,
        files: Int = AnswerRoom.mostFiles, reserve: DiskReserve = .none
    ) {
        self.folder = folder
        self.reserve = reserve
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.files = files
    }

    /// What is under way: bytes in memory and on the disk, and files.
    var underWay: (memoryBytes: Int, fileBytes: Int, files: Int) {
        held.withLock { held in
            held.parts.values.reduce(into: (held.memoryBytes, 0, 0)) { sum, part in
                sum.1 += part.bytes
                sum.2 += part.files
            }
        }
    }

    /// Room in memory; nil: there is none.
    func inMemory(_ bytes: Int) -> Share? {
        let hasRoom = held.withLock { held -> Bool in
            guard held.memoryBytes + bytes <= memoryBytes else { return false }
            held.memoryBytes += bytes
            return true
        }
        return hasRoom ? Share(of: self, memoryBytes: bytes) : nil
    }

    /// Throws `busy` where so many bytes more on the disk would take of its reserve.
    func leaveReserve(_ bytes: Int) throws(Problem) {
        guard reserve.isLeft(writing: bytes, in: folder) else {
            throw .busy("less of the disk is free than is kept for batches")
        }
    }

    /// Room for a file; nil: there is none, or the recipient has its part.
    func onDisk(_ bytes: Int, for recipient: Recipient) -> Share? {
        let hasRoom = held.withLock { held -> Bool in
            var part = held.parts[recipient.part] ?? OnDisk()
            guard part.bytes + bytes <= fileBytes, part.files < files else { return false }
            var own = held.own[recipient] ?? OnDisk()
            guard own.files == 0 || (own.bytes + bytes <= fileBytes / 4 && own.files < files / 4) else {
                return false
            }
            own.add(bytes)
            part.add(bytes)
            held.own[recipient] = own
            held.parts[recipient.part] = part
            return true
        }
        return hasRoom ? Share(of: self, file: (recipient, bytes)) : nil
    }

    private func giveBack(_ memoryBytes: Int, _ file: (recipient: Recipient, bytes: Int)?) {
        held.withLock { held in
            held.memoryBytes -= memoryBytes
            guard let file, var own = held.own[file.recipient] else { return }
            held.parts[file.recipient.part]?.remove(file.bytes)
            own.remove(file.bytes)
            held.own[file.recipient] = own.files > 0 ? own : nil
        }
    }

    /// Room that is taken. Given back when it is let go of.
    final class Share: Sendable {
        private let room: AnswerRoom
        private let memoryBytes: Int
        private let file: (recipient: Recipient, bytes: Int)?

        fileprivate init(
            of room: AnswerRoom, memoryBytes: Int = 0, file: (recipient: Recipient, bytes: Int)? = nil
        ) {
            self.room = room
            self.memoryBytes = memoryBytes
            self.file = file
        }

        deinit { room.giveBack(memoryBytes, file) }
    }
}
