import Hummingbird
import NIOCore

/// The bytes of an answer. Many lie in a file without a name while they are sent, so that who takes its time to read
/// keeps little memory: a peer may have thousands of answers under way, none of which it reads.
struct AnswerBytes: Sendable {
    let count: Int
    private let place: Place

    private enum Place {
        case memory([UInt8], AnswerRoom.Share?)
        case file(NamelessFile, AnswerRoom.Share)
    }

    /// Up to here they stay in memory, whatever else is under way: a piece of a file would take no less.
    static let leastBytes = 8 << 10
    /// Up to here they stay in memory as long as there is room.
    static let mostInMemory = 64 << 10
    /// Bytes of a file that are in memory at a time: two pieces, as the next one waits while one is being sent. It is
    /// what one frame of HTTP/2 and one record of TLS hold.
    static let pieceBytes = 16 << 10

    /// Of what may be asked for again at no loss: what is read, and what is answered to a batch that was not stored by
    /// that. Throws `busy` where there is no room for a file or the disk's reserve begins, and trouble with the disk. It
    /// blocks while it writes.
    init(_ bytes: [UInt8], to recipient: AnswerRoom.Recipient, in room: AnswerRoom) throws {
        if bytes.count > Self.leastBytes { try room.leaveReserve(bytes.count) }
        guard let place = try Self.place(of: bytes, to: recipient, in: room) else {
            throw Problem.busy("many long answers are being fetched")
        }
        (count, self.place) = (bytes.count, place)
    }

    /// Of the receipt of a batch that was just stored, which may take of what is kept for batches: where there is no room
    /// and where the disk fails they stay in memory, uncounted, as the batch is there by now. It blocks while it writes.
    init(ofStored bytes: [UInt8], to sender: Peer, in room: AnswerRoom) {
        let place = try? Self.place(of: bytes, to: .sender(sender), in: room)
        (count, self.place) = (bytes.count, place ?? .memory(bytes, nil))
    }

    /// Nil: there is no room.
    private static func place(
        of bytes: [UInt8], to recipient: AnswerRoom.Recipient, in room: AnswerRoom
    ) throws(Failure) -> Place? {
        if bytes.count <= leastBytes { return .memory(bytes, nil) }
        if bytes.count <= mostInMemory, let share = room.inMemory(bytes.count) {
            return .memory(bytes, share)
        }
        guard let share = room.onDisk(bytes.count, for: recipient) else { return nil }
        let file = try NamelessFile(in: room.folder, as: "answer")
        try file.append(bytes)
        return .file(file, share)
    }

    /// Does where it may wait what reads a file.
    typealias Reading = @Sendable (@escaping @Sendable () throws -> ByteBuffer) async throws -> ByteBuffer

    /// Piece after piece, the next one when the reader has taken the last.
    func body(_ read: @escaping Reading) -> ResponseBody {
        if case .memory(let bytes, nil) = place, count <= Self.leastBytes {
            return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        }
        return ResponseBody(contentLength: count) { writer in
            var offset = 0
            while offset < count {
                let piece = try await next(from: offset, read)
                guard piece.readableBytes > 0 else { throw Problem.unreadable }
                offset += piece.readableBytes
                try await writer.write(piece)
            }
            try await writer.finish(nil)
            // Its room is taken as long as it is sent.
            withExtendedLifetime(self) {}
        }
    }

    private func next(from offset: Int, _ read: Reading) async throws -> ByteBuffer {
        switch place {
        case .memory(let bytes, _):
            return ByteBuffer(bytes: bytes[offset..<min(offset + Self.pieceBytes, count)])
        case .file(let file, _):
            return try await read { try file.read(at: offset, most: Self.pieceBytes) }
        }
    }
}
