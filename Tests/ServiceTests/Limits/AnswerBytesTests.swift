import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import Service

@Suite("The bytes of answers, in memory and on the disk")
struct AnswerBytesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Room for two answers of 20 kB in memory, and for two files of a reader's.
    private func room() -> AnswerRoom {
        AnswerRoom(folder: scratch.path, memoryBytes: 40_000, fileBytes: 1_000_000, files: 2)
    }

    /// Takes what is sent.
    private final class Taken: ResponseBodyWriter, Sendable {
        let pieces = Mutex<[ByteBuffer]>([])

        func write(_ buffer: ByteBuffer) async throws { pieces.withLock { $0.append(buffer) } }
        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private func sent(_ answer: AnswerBytes) async throws -> [ByteBuffer] {
        let taken = Taken()
        let body = answer.body { read in try read() }
        #expect(body.contentLength == answer.count)
        try await body.write(taken)
        return taken.pieces.withLock { $0 }
    }

    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) } }

    private func underWay(_ room: AnswerRoom) -> [Int] {
        let (memoryBytes, fileBytes, files) = room.underWay
        return [memoryBytes, fileBytes, files]
    }

    private func code(_ body: () throws -> AnswerBytes) -> String? {
        do { _ = try body() } catch { return (error as? Problem)?.code ?? "\(type(of: error))" }
        return nil
    }

    @Test(
        "An answer is sent as it is, whether it lies in memory or in a file, in pieces of 64 KiB at most",
        arguments: [0, 1, 8_192, 8_193, 65_536, 65_537, 300_000])
    func whole(count: Int) async throws {
        let room = AnswerRoom(folder: scratch.path)
        let bytes = bytes(count)
        for answer in [try AnswerBytes(bytes, in: room), AnswerBytes(ofBatch: bytes, in: room)] {
            let pieces = try await sent(answer)
            #expect(pieces.flatMap { Array($0.readableBytesView) } == bytes)
            #expect(pieces.allSatisfy { $0.readableBytes <= 65_536 })
        }
        #expect(underWay(room) == [0, 0, 0])
        #expect(scratch.names.isEmpty, "a file has no name")
    }

    @Test("Beyond the room in memory answers go to files, beyond that readers are told to come again")
    func bounded() throws {
        let room = room()
        var answers = try (0..<2).map { _ in try AnswerBytes(bytes(20_000), in: room) }
        #expect(underWay(room) == [40_000, 0, 0])
        answers += try [9_000, 990_000].map { try AnswerBytes(bytes($0), in: room) }
        #expect(underWay(room) == [40_000, 999_000, 2])
        #expect(code { try AnswerBytes(bytes(9_000), in: room) } == "busy")
        #expect(code { try AnswerBytes(bytes(70_000), in: room) } == "busy")
        #expect(code { try AnswerBytes(bytes(8_192), in: room) } == nil, "a small one takes no room")
        #expect(underWay(room) == [40_000, 999_000, 2])

        answers.removeAll()
        #expect(underWay(room) == [0, 0, 0])
        #expect(code { try AnswerBytes(bytes(1_000_001), in: room) } == "busy", "of bytes as of files")
        #expect(code { try AnswerBytes(bytes(1_000_000), in: room) } == nil)
        #expect(underWay(room) == [0, 0, 0])
    }

    @Test("The answer to a batch has room that no reader takes, and beyond that lies in memory")
    func batches() async throws {
        let room = room()
        var answers = try (0..<2).map { _ in try AnswerBytes(bytes(70_000), in: room) }
        #expect(code { try AnswerBytes(bytes(70_000), in: room) } == "busy")
        for number in 1...3 {
            answers.append(AnswerBytes(ofBatch: bytes(70_000), in: room))
            #expect(room.underWay.files == min(2 + number, 4))
        }
        for answer in answers {
            #expect(try await sent(answer).flatMap { Array($0.readableBytesView) } == bytes(70_000))
        }
    }

    @Test("Where no file can be made a reader's answer is trouble, and a batch is answered all the same")
    func trouble() async throws {
        let room = AnswerRoom(folder: scratch.file("nowhere"))
        #expect(code { try AnswerBytes(bytes(70_000), in: room) } == "Failure")
        #expect(underWay(room) == [0, 0, 0])
        let answer = AnswerBytes(ofBatch: bytes(70_000), in: room)
        #expect(try await sent(answer).flatMap { Array($0.readableBytesView) } == bytes(70_000))
        #expect(underWay(room) == [0, 0, 0])
    }

    @Test("The room is taken as long as somebody holds the answer's body")
    func held() async throws {
        let room = room()
        var body: ResponseBody? = try AnswerBytes(bytes(70_000), in: room).body { read in try read() }
        #expect(underWay(room) == [0, 70_000, 1])
        try await body?.write(Taken())
        body = nil
        #expect(underWay(room) == [0, 0, 0])
    }
}
