import Foundation
import NIOCore

/// A file that lost its name as soon as it was made: a process that dies leaves nothing behind.
final class NamelessFile: Sendable {
    private let number: Int32
    private let folder: String

    /// `name` is what it begins with for the moment in which it has one.
    init(in folder: String, as name: String) throws(Failure) {
        var template = Array("\(folder)/\(name)-XXXXXX".utf8CString)
        number = mkstemp(&template)
        self.folder = folder
        guard number >= 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .fromSystem(folder, "make a file in it")
        }
        unlink(template)
    }

    deinit { if number >= 0 { close(number) } }

    /// Takes room on the disk for so many bytes, which are still to be appended. Throws trouble where there is none.
    func allocate(_ bytes: Int) throws(Failure) {
        var status = EINTR
        // It gives its reason, and leaves `errno` alone.
        while status == EINTR { status = posix_fallocate(number, 0, off_t(bytes)) }
        guard status == 0 else { throw .fromSystem(folder, "make room for a file in it", code: status) }
    }

    func append(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(number, $0.baseAddress! + written, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .fromSystem(folder, "write a file in it") }
            written += count
        }
    }

    func read(at offset: Int, most: Int) throws(Failure) -> ByteBuffer {
        var buffer = ByteBuffer()
        while true {
            var status = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { room in
                status = pread(number, room.baseAddress, most, off_t(offset))
                return max(status, 0)
            }
            if status >= 0 { return buffer }
            guard errno == EINTR else { throw .fromSystem(folder, "read a file in it") }
        }
    }

    /// The first `count` bytes; with room behind them for `more`. Throws trouble when there are fewer.
    func readAll(_ count: Int, more: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + more)
        while bytes.count < count {
            let piece = try read(at: bytes.count, most: min(1 << 20, count - bytes.count))
            guard piece.readableBytes > 0 else {
                throw .trouble(folder, "a file in it ends before what was written there")
            }
            bytes.append(contentsOf: piece.readableBytesView)
        }
        return bytes
    }
}
