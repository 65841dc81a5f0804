import Foundation
import Settlement

/// Where used tokens stand for the next process, however this one ends: a file in the data folder, a line a token.
///
/// A line is written before its token is answered and survives the process at once, a power cut not: after one, tokens
/// issued before the start are refused as ever, and only those of a clock that is ahead could come again. It holds
/// digests and ids of merchants, no token. Bounded: what has expired is left out when it has twice as many lines as are
/// remembered, 26 MB at most.
///
/// Of one process at a time, and of one thread.
final class TokenFile {
    static let name = "tokens.used"

    private let path: String
    private var file: Descriptor
    /// Of whole lines; what stands behind them was not written to its end.
    private var bytes: Int
    private var lines: Int
    private let mostLines: Int

    /// Opens or makes the file. Throws trouble with the disk, and `misused` when another process has it open.
    init(in folder: String, mostLines: Int = 2 * UsedTokens.most) throws(Failure) {
        path = folder + "/" + Self.name
        file = try Self.own(path, flags: O_RDWR | O_CREAT)
        bytes = 0
        lines = 0
        self.mostLines = mostLines
    }

    /// What was used and has not expired by `now`. Called once, first. A line that is none is passed over: a power cut
    /// may leave such.
    func read(at now: Instant) throws(Failure) -> [UsedToken] {
        let read = try file.readAll(limit: 1 << 28, expected: 1 << 16)
        let whole = read.prefix((read.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
        let texts = whole.split(separator: UInt8(ascii: "\n"))
        let used = texts.compactMap { UsedToken(line: String(decoding: $0, as: UTF8.self)) }
            .filter { now < $0.forgottenAt }
        (bytes, lines) = used.isEmpty ? (0, 0) : (whole.count, texts.count)
        try cut()
        return used
    }

    /// Writes one line. Throws trouble with the disk: then there is none of it. `all` are those to keep, the new one
    /// among them, when others are to be left out.
    func append(_ used: UsedToken, all: () -> [UsedToken]) throws(Failure) {
        guard lines < mostLines else { return try rewrite(all()) }
        let line = Array(used.line.utf8)
        do throws(Failure) { try file.writeAll(line, at: bytes) } catch {
            // What is not cut off is written over by the next line, or is no whole line to the next process.
            try? cut()
            throw error
        }
        bytes += line.count
        lines += 1
    }

    /// Throws what keeps a line from being written now, if anything does. An empty one is written, and cut off: where a
    /// kill leaves it, it is passed over.
    func tryWriting() throws(Failure) {
        do throws(Failure) { try file.writeAll([UInt8(ascii: "\n")], at: bytes) } catch {
            try? cut()
            throw error
        }
        try cut()
    }

    /// For a process of root's that only keeps others off: the daemon has to be able to open it.
    func giveToOwner() throws(Failure) { try file.giveToOwner(of: folderName(of: path)) }

    private func cut() throws(Failure) {
        guard ftruncate(file.number, off_t(bytes)) == 0 else { throw .fromSystem(path, "shorten it") }
    }

    /// A file of these takes the other's place: whole, or not at all.
    private func rewrite(_ all: [UsedToken]) throws(Failure) {
        let draft = path + ".new"
        unlink(draft)
        let text = Array(all.map(\.line).joined().utf8)
        do throws(Failure) {
            let other = try Self.own(draft, flags: O_RDWR | O_CREAT | O_EXCL)
            try other.writeAll(text, at: 0)
            guard rename(draft, path) == 0 else { throw .fromSystem(path, "write it") }
            file = other
        } catch {
            unlink(draft)
            throw error
        }
        (bytes, lines) = (text.count, all.count)
    }

    /// Opens a file that no other process has open.
    private static func own(_ path: String, flags: Int32) throws(Failure) -> Descriptor {
        let file = try Descriptor(opening: path, flags: flags | O_NOFOLLOW, mode: 0o600, attempt: "open it")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? otherDaemon(path) : .fromSystem(path, "lock it")
        }
        // Whoever had it put another in its place meanwhile.
        guard try file.status().st_nlink > 0 else { throw otherDaemon(path) }
        return file
    }

    private static func otherDaemon(_ path: String) -> Failure {
        .misused(
            path, "a daemon, or `settled member forget`, has it open and works on this data folder already",
            hint: "stop the daemon first, or wait for the command's end: one of them works on a data folder")
    }
}
