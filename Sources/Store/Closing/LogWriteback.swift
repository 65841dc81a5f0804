#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import Dispatch
import Synchronization

/// Lets the disk take the log while a close writes to it: the close's last commit, which waits until all of it is on
/// the disk, then finds little left. What makes a commit safe is SQLite's own.
final class LogWriteback: Sendable {
    /// Bytes of work between two beginnings.
    private static let stride = 4 << 20

    private let descriptor: Int32
    private let waiting = Mutex(0)
    private let isBusy = Mutex(false)
    private let queue = DispatchQueue(label: "settled.log", qos: .utility)

    /// `path` is that of the database. No lock of SQLite's stands on its log, so that it can be opened beside it.
    /// Where commits do not wait for the disk, it is not needed.
    init(of path: String, isNeeded: Bool) {
        descriptor = isNeeded ? open(path + "-wal", O_RDONLY | O_CLOEXEC) : -1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Notes that about so many bytes were written, and now and then hands over what there is.
    func wrote(_ byteCount: Int) {
        let isEnough = waiting.withLock { waiting in
            waiting += byteCount
            guard waiting >= Self.stride else { return false }
            waiting = 0
            return true
        }
        guard isEnough, descriptor >= 0, isBusy.withLock({ take(&$0) }) else { return }
        queue.async {
            _ = fdatasync(self.descriptor)
            self.isBusy.withLock { $0 = false }
        }
    }

    /// Whether it was free; it is taken now.
    private func take(_ isBusy: inout Bool) -> Bool {
        defer { isBusy = true }
        return !isBusy
    }
}
