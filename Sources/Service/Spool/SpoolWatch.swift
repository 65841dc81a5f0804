import Foundation
import Synchronization

/// Tells when something came into a folder of the spool, and now and then that time has passed.
///
/// What it tells is only a hint to look: nothing depends on every word of the system arriving. Its thread ends
/// when it is told to.
final class SpoolWatch: Sendable {
    enum Word: Sendable {
        /// A file was closed or took a name in the folder of this owner.
        case changed(SpoolOwner)
        /// It is time to look at everything.
        case tick
    }

    private let owners = Mutex<[Int32: SpoolOwner]>([:])
    private let notifier: Int32
    private let stop: (read: Int32, write: Int32)

    /// Throws `trouble` when the process may open no more files.
    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .fromSystem("spool", "watch it") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        stop = (ends[0], ends[1])
        #if os(Linux)
            // Without it there is still the poll.
            notifier = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        #else
            notifier = -1
        #endif
    }

    deinit {
        close(stop.read)
        close(stop.write)
        if notifier >= 0 { close(notifier) }
    }

    /// From now on tells of this folder; of one that is watched already it goes on.
    func add(_ folder: SpoolDirectory, of owner: SpoolOwner) {
        #if os(Linux)
            guard notifier >= 0 else { return }
            // By its descriptor: the folder that is open is watched, whatever its path leads to by now.
            let events = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_ATTRIB) | UInt32(IN_ONLYDIR)
            let watch = inotify_add_watch(notifier, "/proc/self/fd/\(folder.descriptor)", events)
            guard watch >= 0 else { return }
            // A folder that another one has taken the place of is watched no more.
            let old = owners.withLock { owners in
                let old = owners.filter { $0.value == owner && $0.key != watch }.map(\.key)
                for number in old { owners[number] = nil }
                owners[watch] = owner
                return old
            }
            for number in old { inotify_rm_watch(notifier, number) }
        #endif
    }

    /// Starts the thread; `tell` is called from it, with a tick first and one every `seconds`.
    func start(everySeconds seconds: Int, tell: @escaping @Sendable (Word) -> Void) {
        let thread = Thread { [self] in
            tell(.tick)
            var next = ContinuousClock.now + .seconds(seconds)
            while true {
                let left = ContinuousClock.now.duration(to: next).components
                let milliseconds = max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000)
                var waiting = [
                    pollfd(fd: stop.read, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: notifier, events: Int16(POLLIN), revents: 0),
                ]
                _ = poll(&waiting, nfds_t(waiting.count), Int32(milliseconds))
                if waiting[0].revents != 0 { return }
                if waiting[1].revents != 0 { for word in words() { tell(word) } }
                if ContinuousClock.now >= next {
                    tell(.tick)
                    next = ContinuousClock.now + .seconds(seconds)
                }
            }
        }
        thread.name = "spool"
        thread.start()
    }

    /// Ends the thread.
    func end() {
        _ = Foundation.write(stop.write, [0], 1)
    }

    /// What the system has said by now; when it could not say all, a tick.
    private func words() -> [Word] {
        #if os(Linux)
            var changed: Set<Int32> = []
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
            defer { buffer.deallocate() }
            while true {
                let count = read(notifier, buffer.baseAddress, buffer.count)
                guard count > 0 else { break }
                var offset = 0
                while offset < count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    if event.mask & UInt32(IN_IGNORED) == 0 {
                        changed.insert(event.wd)
                    } else {
                        // The folder is gone, or watched no more: its number may be another's soon.
                        owners.withLock { _ = $0.removeValue(forKey: event.wd) }
                    }
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
            // An overflow has no folder: then look everywhere.
            if changed.contains(-1) { return [.tick] }
            return owners.withLock { owners in changed.compactMap { owners[$0] } }.map { .changed($0) }
        #else
            return []
        #endif
    }
}
