#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import Foundation

/// Keeps two closes of one data folder apart, in this process or in others. It goes with its process, however that
/// ends.
struct ClosingLock: ~Copyable {
    /// The folder, which bears the lock: no file of SQLite's may be opened beside it.
    private let descriptor: Int32

    /// Waits for the other close, which takes its time if it is large. Throws `StoreTrouble`.
    init(folder: String) throws(StoreTrouble) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreTrouble("open \(folder)", because: String(cString: strerror(errno)))
        }
        let patience = Date(timeIntervalSinceNow: Connection.busySeconds)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            guard reason == EWOULDBLOCK || reason == EINTR, Date() < patience else {
                close(descriptor)
                throw StoreTrouble(
                    "close a period of \(folder)",
                    because: reason == EWOULDBLOCK
                        ? "another close is at work there" : String(cString: strerror(reason)),
                    hint: reason == EWOULDBLOCK ? "wait for it to end; `settled status` tells" : nil)
            }
            usleep(20_000)
        }
    }

    deinit { close(descriptor) }
}
