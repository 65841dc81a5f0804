import Hummingbird
import NIOCore

/// The bytes of an answer. Many lie in a file without a name while they are sent, so that who takes its time to read
/// keeps little memory: a peer may have thousands of answers under way, none of which it reads.
struct AnswerBytes: Sendable {
    let count: Int
    private let place: Place

    private enum Place {
        case memory(ByteBuffer)
        case file(NamelessFile)
    }

    /// Beyond this they go to the disk.
    static let mostInMemory = 8 << 10
    private static let pieceBytes = 8 << 10

    /// Blocks while it writes; `folder` is where.
    init(_ bytes: [UInt8], folder: String) throws(Failure) {
        count = bytes.count
        guard count > Self.mostInMemory else {
            place = .memory(ByteBuffer(bytes: bytes))
            return
        }
        let file = try NamelessFile(in: folder, as: "answer")
        try file.append(bytes)
        place = .file(file)
    }

    /// Read piece after piece, the next one when the reader has taken the last; `read` does it where it may wait.
    func body(
        _ read: @escaping @Sendable (@escaping @Sendable () throws -> ByteBuffer) async throws -> ByteBuffer
    ) -> ResponseBody {
        switch place {
        case .memory(let bytes): ResponseBody(byteBuffer: bytes)
        case .file(let file):
            ResponseBody(contentLength: count) { [count] writer in
                var offset = 0
                while offset < count {
                    let start = offset
                    let piece = try await read { try file.read(at: start, most: Self.pieceBytes) }
                    guard piece.readableBytes > 0 else { throw Problem.unreadable }
                    offset += piece.readableBytes
                    try await writer.write(piece)
                }
                try await writer.finish(nil)
            }
        }
    }
}
