import Foundation

/// The operating system's word for what went wrong last in this thread.
func systemReason(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}

extension Failure {
    /// A failed call on a path: missing files are the caller's mistake, everything else is trouble.
    static func fromSystem(_ path: String, _ attempt: String, code: Int32 = errno) -> Failure {
        switch code {
        case ENOENT:
            .misused(path, "cannot \(attempt): there is no such file or folder")
        case ENOSPC, EDQUOT:
            .trouble(path, "cannot \(attempt): the disk is full", hint: "free some space and try again")
        case EACCES, EPERM:
            .trouble(
                path, "cannot \(attempt): permission denied",
                hint: "run as the user that owns it, or change its owner")
        default:
            .trouble(path, "cannot \(attempt): \(systemReason(code))")
        }
    }
}

/// An open file descriptor that closes itself.
struct Descriptor: ~Copyable {
    let number: Int32
    let path: String

    /// Opens `path`; close-on-exec always.
    init(
        opening path: String, flags: Int32, mode: mode_t = 0, attempt: String
    ) throws(Failure) {
        number = open(path, flags | O_CLOEXEC, mode)
        self.path = path
        guard number >= 0 else { throw .fromSystem(path, attempt) }
    }

    /// Makes a file of mode 0600 that is not there yet, to be written to.
    init(newSecret path: String) throws(Failure) {
        try self.init(
            opening: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600,
            attempt: "create it")
    }

    /// Takes over a descriptor that is open.
    init(_ number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit { if number >= 0 { close(number) } }

    /// The file's kind, owner, mode and size.
    func status() throws(Failure) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .fromSystem(path, "look at it") }
        return status
    }

    /// Reads to the end; refuses more than `limit` bytes.
    func readAll(limit: Int, expected: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(expected, 0), limit))
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = read(number, piece.baseAddress, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .fromSystem(path, "read it") }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw .refused(path, "is too large, expected at most \(limit) bytes")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    /// Reads as many bytes as there is room for; throws `trouble` when there are fewer, as of a file that is just being
    /// written.
    func readAll(into memory: UnsafeMutableRawBufferPointer) throws(Failure) {
        var filled = 0
        while filled < memory.count {
            let count = read(number, memory.baseAddress! + filled, memory.count - filled)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .fromSystem(path, "read it") }
            guard count > 0 else {
                throw .trouble(path, "became shorter while it was read", hint: "try again")
            }
            filled += count
        }
    }

    /// The next bytes, `most` of them at most; nil at the end.
    func readPiece(_ most: Int) throws(Failure) -> [UInt8]? {
        var reason: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: most) { room, count in
            var got = 0
            repeat { got = read(number, room.baseAddress, most) } while got < 0 && errno == EINTR
            if got < 0 { reason = errno }
            count = max(got, 0)
        }
        guard reason == 0 else { throw .fromSystem(path, "read it", code: reason) }
        return piece.isEmpty ? nil : piece
    }

    /// Writes all of the bytes.
    func writeAll(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(number, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .fromSystem(path, "write it") }
            written += count
        }
    }

    /// Writes all of the bytes at this place of the file.
    func writeAll(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    number, buffer.baseAddress! + written, buffer.count - written, off_t(offset + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .fromSystem(path, "write it") }
            written += count
        }
    }

    /// Waits until what was written would survive a power cut.
    func synchronize() throws(Failure) {
        guard fsync(number) == 0 else { throw .fromSystem(path, "write it durably") }
    }

    /// Where this process is root's: gives the file to whom a folder belongs, who could not open what is root's alone.
    func giveToOwner(of folder: String) throws(Failure) {
        var status = stat()
        guard geteuid() == 0, stat(folder, &status) == 0 else { return }
        guard fchown(number, status.st_uid, status.st_gid) == 0 else {
            throw .fromSystem(path, "give it to the folder's owner")
        }
    }
}
