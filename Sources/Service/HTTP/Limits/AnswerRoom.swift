import Synchronization

/// Keeps count of what answers under way take of memory and disk: who asks over many connections and reads nothing
/// finds its bound here.
///
/// What answers batches may take twice as much of the disk: readers leave them the other half.
final class AnswerRoom: Sendable {
    /// Files of answers to readers at once.
    static let mostFiles = 256

    /// Where the files lie.
    let folder: String
    private let memoryBytes: Int
    private let fileBytes: Int
    private let files: Int
    private let held = Mutex(Held())

    private struct Held {
        var memoryBytes = 0
        var fileBytes = 0
        var files = 0
    }

    /// At most so many bytes of answers in memory, and for readers so many bytes and files on the disk.
    init(
        folder: String, memoryBytes: Int = 16 << 20, fileBytes: Int = 1 << 30,
        files: Int = AnswerRoom.mostFiles
    ) {
        self.folder = folder
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.files = files
    }

    /// What is under way: bytes in memory and on the disk, and files.
    var underWay: (memoryBytes: Int, fileBytes: Int, files: Int) {
        held.withLock { ($0.memoryBytes, $0.fileBytes, $0.files) }
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

    /// Room for a file; nil: there is none.
    func onDisk(_ bytes: Int, ofBatch: Bool) -> Share? {
        let times = ofBatch ? 2 : 1
        let hasRoom = held.withLock { held -> Bool in
            guard held.fileBytes + bytes <= fileBytes * times, held.files < files * times else {
                return false
            }
            held.fileBytes += bytes
            held.files += 1
            return true
        }
        return hasRoom ? Share(of: self, fileBytes: bytes) : nil
    }

    /// Room that is taken. Given back when it is let go of.
    final class Share: Sendable {
        private let room: AnswerRoom
        private let memoryBytes: Int
        private let fileBytes: Int

        fileprivate init(of room: AnswerRoom, memoryBytes: Int = 0, fileBytes: Int = 0) {
            self.room = room
            self.memoryBytes = memoryBytes
            self.fileBytes = fileBytes
        }

        deinit {
            room.held.withLock { held in
                held.memoryBytes -= memoryBytes
                held.fileBytes -= fileBytes
                if fileBytes > 0 { held.files -= 1 }
            }
        }
    }
}
