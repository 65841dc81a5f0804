import Foundation
import Signing

/// What a file is told by: it changes when the file does, or when another takes its name. A move changes nothing.
struct FileFacts: Hashable, Sendable {
    private let facts: [Int64]
    let size: Int

    init(_ status: stat) {
        size = Int(status.st_size)
        facts = [
            Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)),
            Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
        ]
    }
}

/// Reading what others wrote, or are still writing.
extension SpoolDirectory {
    /// All bytes of a regular file, and what it was when they were read. Nil for anything else, for one of more than
    /// `limit` bytes, and for one that changed meanwhile.
    func read(_ name: SpoolName, limit: Int) throws(Failure) -> (bytes: [UInt8], facts: FileFacts)? {
        guard let file = try openFile(name) else { return nil }
        let before = try file.status()
        let facts = FileFacts(before)
        guard facts.size <= limit else { return nil }
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try file.readAll(limit: limit, expected: facts.size)
        } catch {
            // It grew while it was read.
            guard error.kind != .refused else { return nil }
            throw error
        }
        // When it was written last is the writer's to say; when it changed is not.
        let after = try file.status()
        guard FileFacts(after) == facts, after.changed == before.changed else { return nil }
        return (bytes, facts)
    }

    /// The digest of such a file, which is read piece by piece.
    func digest(_ name: SpoolName, limit: Int) throws(Failure) -> (digest: SHA256Digest, facts: FileFacts)? {
        guard let file = try openFile(name) else { return nil }
        let facts = FileFacts(try file.status())
        guard facts.size <= limit else { return nil }
        let stream = SHA256Stream()
        while let piece = try file.readPiece(1 << 18) { stream.update(piece) }
        guard FileFacts(try file.status()) == facts else { return nil }
        return (stream.finish(), facts)
    }

    /// Whether these bytes stand anywhere in a regular file, which is read piece by piece.
    func holds(_ mark: [UInt8], in name: SpoolName) throws(Failure) -> Bool {
        guard let file = try openFile(name) else { return false }
        var end: [UInt8] = []
        while let piece = try file.readPiece(1 << 18) {
            end += piece
            if end.firstRange(of: mark) != nil { return true }
            end.removeFirst(max(0, end.count - mark.count))
        }
        return false
    }

    /// A regular file, open; nil for anything else. Never waits: not for a writer of a pipe, nor for a device.
    private func openFile(_ name: SpoolName) throws(Failure) -> Descriptor? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let number = name.withCString { openat(descriptor, $0, flags) }
        guard number >= 0 else {
            if errno == ELOOP || errno == ENXIO || errno == ENOENT { return nil }
            throw .fromSystem(place(name), "read it")
        }
        let file = Descriptor(number, path: place(name))
        guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }
}

extension stat {
    /// The system's own word for when the file or what is known of it changed last.
    fileprivate var changed: [Int64] { [Int64(st_ctim.tv_sec), Int64(st_ctim.tv_nsec)] }
}
