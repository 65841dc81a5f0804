import Foundation
import Settlement
import Signing
import Testing

@testable import Service

@Suite("Used tokens, for the next process")
struct TokenFileTests {
    private let scratch: Scratch
    private static let now = Estate.received

    init() throws { scratch = try Scratch() }

    private func token(_ id: String, seconds: Int64 = 60) throws -> UsedToken {
        let digest = SHA256Digest(of: Array(id.utf8)).text
        let line = "\(Self.now.milliseconds + seconds * 1000) M \(digest)"
        return try #require(UsedToken(line: line))
    }

    private var path: String { scratch.file(TokenFile.name) }

    /// What a file that is opened anew holds.
    private func read(at now: Instant = now) throws -> [UsedToken] {
        try TokenFile(in: scratch.path).read(at: now)
    }

    @Test("What was written is there when it is opened again, what has expired is not")
    func kept() throws {
        let (first, second) = (try token("a"), try token("b", seconds: 90))
        do {
            let file = try TokenFile(in: scratch.path)
            #expect(try file.read(at: Self.now).isEmpty)
            try file.append(first) { [] }
            try file.append(second) { [] }
        }
        #expect(try read() == [first, second])
        #expect(try read(at: Self.now.advanced(byMilliseconds: 60_000)) == [second])
        #expect(try read(at: Self.now.advanced(byMilliseconds: 90_000)).isEmpty)
        #expect(try WholeFile.read(path).isEmpty, "when all have expired it is empty")
        #expect(try mode(of: path) == 0o600)
    }

    @Test("A line that a kill or a power cut left is passed over, and what is written next is whole")
    func torn() throws {
        let (first, second) = (try token("a"), try token("b"))
        let good = Array(first.line.utf8)
        for junk in [Array(second.line.utf8.dropLast(1)), [0, 0, 0, 0x0A], Array("x\n".utf8), [0xFF, 0x0A]] {
            try WholeFile.write(junk + [0x0A] + good + junk, to: path)
            do {
                let file = try TokenFile(in: scratch.path)
                #expect(try file.read(at: Self.now).contains(first))
                try file.append(second) { [] }
            }
            let found = try read()
            #expect(Set(found) == [first, second], "\(junk)")
        }
    }

    @Test("Beyond its bound it is written anew, with those that are remembered alone")
    func bounded() throws {
        var kept: [UsedToken] = []
        do {
            let file = try TokenFile(in: scratch.path, mostLines: 4)
            #expect(try file.read(at: Self.now).isEmpty)
            for number in 0..<20 {
                let token = try token("t-\(number)")
                kept = Array(kept.suffix(2)) + [token]
                try file.append(token) { kept }
                let lines = try WholeFile.read(path).count(where: { $0 == 0x0A })
                #expect(lines <= 4)
            }
        }
        let last = try read()
        #expect(last.suffix(1) == kept.suffix(1) && last.count <= 4)
        #expect(scratch.names.filter { $0.hasPrefix(TokenFile.name) } == [TokenFile.name])
    }

    @Test("Two processes do not share one, and a link is not followed")
    func shared() throws {
        let file = try TokenFile(in: scratch.path)
        let failure = #expect(throws: Failure.self) { _ = try TokenFile(in: scratch.path) }
        #expect(failure?.kind == .misused)
        withExtendedLifetime(file) {}
        unlink(path)
        symlink(scratch.file("elsewhere"), path)
        #expect(throws: Failure.self) { _ = try TokenFile(in: scratch.path) }
        #expect(!WholeFile.exists(scratch.file("elsewhere")))
    }

    @Test("What cannot be written anew stays as it is, and no draft of it is left")
    func notRewritten() throws {
        let draft = path + ".new"
        let file = try TokenFile(in: scratch.path, mostLines: 1)
        #expect(try file.read(at: Self.now).isEmpty)
        let (first, second) = (try token("a"), try token("b"))
        try file.append(first) { [] }
        try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: false)
        #expect(throws: Failure.self) { try file.append(second) { [first, second] } }
        #expect(try WholeFile.read(path) == Array(first.line.utf8))
        try FileManager.default.removeItem(atPath: draft)
        try file.append(second) { [first, second] }
        #expect(try WholeFile.read(path) == Array((first.line + second.line).utf8))
        #expect(!WholeFile.exists(draft))
    }

    @Test("Whether a line can be written is tried, and leaves none")
    func tried() throws {
        let token = try token("a")
        do {
            let file = try TokenFile(in: scratch.path)
            #expect(try file.read(at: Self.now).isEmpty)
            try file.tryWriting()
            #expect(try WholeFile.read(path).isEmpty)
            try file.append(token) { [] }
            try file.tryWriting()
            #expect(try WholeFile.read(path) == Array(token.line.utf8))
        }
        #expect(try read() == [token])
    }

    @Test("/readyz tells while used tokens cannot be remembered", .timeLimit(.minutes(5)))
    func told() async throws {
        let estate = try Estate()
        let path = estate.open.folder.path + "/" + TokenFile.name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try await withDaemon(estate) { url, _ in
            let ready = request("GET /readyz")
            let reply = try await ServiceTests.ask(url, ready)
            #expect(reply.status == 503 && reply.code == "not_ready")
            try FileManager.default.removeItem(atPath: path)
            while try await ServiceTests.ask(url, ready).status != 200 {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await ask(url, estate.token(of: "M")).status == 200)
        }
    }

    @Test("A token that cannot be written down reads nothing, and is not used up by that")
    func trouble() async throws {
        let estate = try Estate()
        let path = estate.open.folder.path + "/" + TokenFile.name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try await withDaemon(estate) { url, _ in
            let token = estate.token(of: "M")
            let reply = try await ask(url, token)
            #expect(reply.status == 503 && reply.code == "unavailable")
            #expect(reply.headers["retry-after"] != nil)
            try FileManager.default.removeItem(atPath: path)
            #expect(try await ask(url, token).status == 200)
            #expect(try await ask(url, token).code == "token_replayed")
        }
    }

    @Test("A daemon that starts again knows the tokens of the one before, of a clock that is ahead too")
    func restarted() async throws {
        let estate = try Estate()
        let ahead = estate.token(
            by: estate.merchantKey, now: Estate.received.advanced(byMilliseconds: 25_000))
        try await withDaemon(estate) { url, _ in
            let first = try await ask(url, ahead)
            #expect(first.status == 200)
        }
        try await withDaemon(estate) { url, _ in
            let again = try await ask(url, ahead)
            #expect(again.status == 401 && again.code == "token_replayed")
            #expect(try await ask(url, estate.token(of: "M")).status == 200)
        }
    }

    private func ask(_ url: String, _ token: String) async throws -> Reply {
        try await ServiceTests.read(url, "/v1/batches", token)
    }
}
