import Hummingbird
import NIOCore

/// The bytes of an answer, in their place.
struct AnswerBytes: Sendable {
    let count: Int
    private let bytes: Bytes
    /// Taken as long as they are sent.
    private let place: AnswerPlace

    private enum Bytes {
        case memory([UInt8])
        case file(NamelessFile)
    }

    /// Bytes of a file that are in memory at a time: two pieces, as the next one waits while one is being sent. It is
    /// what one frame of HTTP/2 and one record of TLS hold.
    static let pieceBytes = 16 << 10

    /// Of what may be asked for again at no loss. Throws `busy` where there is no place for them, and trouble with the
    /// disk. It blocks while it writes.
    init(_ bytes: [UInt8], to recipient: AnswerRoom.Recipient, in room: AnswerRoom) throws {
        place = try AnswerPlace(bytes.count, to: recipient, in: room)
        (count, self.bytes) = (bytes.count, try Self.put(bytes, in: place))
    }

    /// Of the receipt of a batch that was just stored, whose place was taken before. If the disk fails in that very moment
    /// they stay in memory, as the batch is there by now; what they take is counted all the same. It blocks while it
    /// writes.
    init(ofStored bytes: [UInt8], in place: AnswerPlace) {
        self.place = place
        (count, self.bytes) = (bytes.count, (try? Self.put(bytes, in: place)) ?? .memory(bytes))
    }

    private static func put(_ bytes: [UInt8], in place: AnswerPlace) throws(Failure) -> Bytes {
        guard case .file(let file, _) = place else { return .memory(bytes) }
        try file.append(bytes)
        return .file(file)
    }

    /// Does where it may wait what reads a file.
    typealias Reading = @Sendable (@escaping @Sendable () throws -> ByteBuffer) async throws -> ByteBuffer

    /// Piece after piece, the next one when the reader has taken the last.
    func body(_ read: @escaping Reading) -> ResponseBody {
        if case .memory(let bytes) = bytes, count <= AnswerPlace.leastBytes {
            return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        }
        return ResponseBody(contentLength: count) { writer in
            var offset = 0
            while offset < count {
                let piece = try await next(from: offset, read)
                guard piece.readableBytes > 0 else { throw Problem.unreadable }
                offset += piece.readableBytes
                try await writer.write(piece)
                try await AnswerChannel.catchUp()
            }
            try await writer.finish(nil)
            // Its room is taken as long as it is sent.
            withExtendedLifetime(self) {}
        }
    }

    private func next(from offset: Int, _ read: Reading) async throws -> ByteBuffer {
        switch bytes {
        case .memory(let bytes):
            return ByteBuffer(bytes: bytes[offset..<min(offset + Self.pieceBytes, count)])
        case .file(let file):
            return try await read { try file.read(at: offset, most: min(Self.pieceBytes, count - offset)) }
        }
    }
}
