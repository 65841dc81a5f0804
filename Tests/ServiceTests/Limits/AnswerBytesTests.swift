import Hummingbird
import NIOCore
import Settlement
import Store
import Synchronization
import Testing

@testable import Service

@Suite("The bytes of answers, in memory and on the disk")
struct AnswerBytesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let one = AnswerRoom.Recipient.reader(.merchant(MerchantID(verified: "M1")))
    private static let other = AnswerRoom.Recipient.reader(.merchant(MerchantID(verified: "M2")))

    private func fetched(
        _ bytes: [UInt8], to recipient: AnswerRoom.Recipient = one, in room: AnswerRoom
    ) throws -> AnswerBytes { try AnswerBytes(bytes, to: recipient, in: room) }

    /// Of a batch that is stored, when it was known how many bytes they have at most.
    private func stored(_ bytes: [UInt8], by number: UInt32 = 1, in room: AnswerRoom) throws -> AnswerBytes {
        AnswerBytes(
            ofStored: bytes, in: try AnswerPlace(ofReceipt: bytes.count, to: .address(number), in: room))
    }

    /// One has room for two answers of 20 kB in memory; there are two files of readers and two of batches, one of each.
    private func room() -> AnswerRoom {
        AnswerRoom(folder: scratch.path, memoryBytes: 160_000, fileBytes: 1_000_000, files: 2)
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
        "An answer is sent as it is, whether it lies in memory or in a file, in pieces of 16 KiB at most",
        arguments: [0, 1, 8_192, 8_193, 65_536, 65_537, 300_000])
    func whole(count: Int) async throws {
        let room = AnswerRoom(folder: scratch.path)
        let bytes = bytes(count)
        for answer in [try fetched(bytes, in: room), try stored(bytes, in: room)] {
            let pieces = try await sent(answer)
            #expect(pieces.flatMap { Array($0.readableBytesView) } == bytes)
            #expect(pieces.allSatisfy { $0.readableBytes <= 16_384 })
        }
        #expect(underWay(room) == [0, 0, 0])
        #expect(scratch.names.isEmpty, "a file has no name")
    }

    @Test("Beyond the room in memory answers go to files, beyond that readers are told to come again")
    func bounded() throws {
        let room = room()
        var answers = try (0..<2).map { _ in try fetched(bytes(20_000), in: room) }
        #expect(underWay(room) == [40_000, 0, 0])
        answers.append(try fetched(bytes(9_000), in: room))
        answers.append(try fetched(bytes(990_000), to: Self.other, in: room))
        #expect(underWay(room) == [40_000, 999_000, 2])
        #expect(code { try fetched(bytes(9_000), in: room) } == "busy")
        #expect(code { try fetched(bytes(70_000), in: room) } == "busy")
        #expect(code { try fetched(bytes(8_192), in: room) } == nil, "a small one takes no room")
        #expect(underWay(room) == [40_000, 999_000, 2])

        answers.removeAll()
        #expect(underWay(room) == [0, 0, 0])
        #expect(code { try fetched(bytes(1_000_001), in: room) } == "busy", "of bytes as of files")
        #expect(code { try fetched(bytes(1_000_000), in: room) } == nil)
        #expect(underWay(room) == [0, 0, 0])
    }

    @Test("The answer to a batch has room that no reader takes, and beyond that there is none")
    func batches() async throws {
        let room = room()
        var answers = try [Self.one, Self.other].map { try fetched(bytes(70_000), to: $0, in: room) }
        #expect(code { try fetched(bytes(70_000), to: .reader(.operator), in: room) } == "busy")
        answers.append(try fetched(bytes(70_000), to: .sender(.address(1)), in: room))
        answers.append(try stored(bytes(70_000), by: 2, in: room))
        #expect(room.underWay.files == 4)
        #expect(code { try stored(bytes(70_000), by: 3, in: room) } == "busy")
        #expect(code { try fetched(bytes(70_000), to: .sender(.address(3)), in: room) } == "busy")
        for answer in answers {
            #expect(try await sent(answer).flatMap { Array($0.readableBytesView) } == bytes(70_000))
        }
        answers.removeLast()
        #expect(code { try fetched(bytes(70_000), in: room) } == "busy", "that room is the batches'")
        #expect(code { try stored(bytes(70_000), by: 3, in: room) } == nil)
    }

    @Test("Room that was taken for more bytes than there are is given back whole")
    func fewer() async throws {
        let room = room()
        for (most, count) in [(50_000, 9_000), (90_000, 80_000), (90_000, 100)] {
            var place: AnswerPlace? = try AnswerPlace(ofReceipt: most, to: .address(1), in: room)
            var answer = place.map { AnswerBytes(ofStored: bytes(count), in: $0) }
            place = nil
            #expect(room.underWay.memoryBytes + room.underWay.fileBytes == most)
            let sent = try await sent(#require(answer)).flatMap { Array($0.readableBytesView) }
            #expect(sent == bytes(count))
            answer = nil
            #expect(underWay(room) == [0, 0, 0])
        }
    }

    @Test("Who takes all that one may have of files, or of their bytes, leaves room to another")
    func shared() throws {
        for (size, most) in [(70_000, 4), (1_500_000, 2)] {
            let room = AnswerRoom(
                folder: scratch.path, memoryBytes: 0, fileBytes: 12_000_000, files: 16)
            for (recipient, other) in [
                (Self.one, Self.other),
                (AnswerRoom.Recipient.sender(.address(1)), AnswerRoom.Recipient.sender(.address(2))),
            ] {
                var answers: [AnswerBytes] = []
                while let more = try? fetched(bytes(size), to: recipient, in: room) { answers.append(more) }
                #expect(answers.count == most)
                #expect(code { try fetched(bytes(size), to: recipient, in: room) } == "busy")
                #expect(code { try fetched(bytes(size), to: other, in: room) } == nil)
                answers.removeLast()
                #expect(code { try fetched(bytes(size), to: recipient, in: room) } == nil)
                answers.removeAll()
                #expect(underWay(room) == [0, 0, 0])
            }
        }
    }

    @Test("What is kept of the disk for batches no answer takes but the receipt of one that is to be stored")
    func reserve() async throws {
        let most = DiskReserve(bytes: DiskReserve.bounds.upperBound)
        let room = AnswerRoom(folder: scratch.path, reserve: most)
        let withoutMemory = AnswerRoom(folder: scratch.path, memoryBytes: 0, reserve: most)
        for recipient in [Self.one, .sender(.address(1))] {
            for count in [8_192, 8_193, 65_536] {
                #expect(code { try fetched(bytes(count), to: recipient, in: room) } == nil, "in memory")
            }
            #expect(code { try fetched(bytes(65_537), to: recipient, in: room) } == "busy")
            #expect(code { try fetched(bytes(8_192), to: recipient, in: withoutMemory) } == nil)
            #expect(code { try fetched(bytes(8_193), to: recipient, in: withoutMemory) } == "busy")
        }
        let answer = try stored(bytes(70_000), in: room)
        #expect(room.underWay.files == 1)
        #expect(try await sent(answer).flatMap { Array($0.readableBytesView) } == bytes(70_000))
    }

    @Test("Where no file can be made, or no room for it, that is trouble, before a batch is stored")
    func trouble() throws {
        let nowhere = AnswerRoom(folder: scratch.file("nowhere"))
        #expect(code { try fetched(bytes(70_000), in: nowhere) } == "Failure")
        #expect(code { try stored(bytes(70_000), in: nowhere) } == "Failure")
        #expect(underWay(nowhere) == [0, 0, 0])

        let endless = 1 << 55
        let room = AnswerRoom(folder: scratch.path, largestBytes: endless)
        #expect(throws: Failure.self) { try AnswerPlace(ofReceipt: endless, to: .address(1), in: room) }
        #expect(underWay(room) == [0, 0, 0])
        #expect(scratch.names.isEmpty)
    }

    @Test("The room is taken as long as somebody holds the answer's body")
    func held() async throws {
        let room = room()
        var body: ResponseBody? = try fetched(bytes(70_000), in: room).body { read in try read() }
        #expect(underWay(room) == [0, 70_000, 1])
        try await body?.write(Taken())
        body = nil
        #expect(underWay(room) == [0, 0, 0])
    }
}
