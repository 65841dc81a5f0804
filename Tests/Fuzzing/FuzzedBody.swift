import NIOCore
import Synchronization

/// A request's body in pieces of so many bytes, which knows whether anybody looked at it.
struct FuzzedBody: AsyncSequence, Sendable {
    private let bytes: [UInt8]
    private let pieceBytes: Int
    private let look = Look()

    init(_ bytes: [UInt8], pieceBytes: Int) {
        self.bytes = bytes
        self.pieceBytes = pieceBytes
    }

    /// Whether an answer can hang on it.
    var isLookedAt: Bool { look.isTaken.load(ordering: .relaxed) }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...], pieceBytes: pieceBytes, look: look) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ArraySlice<UInt8>
        fileprivate let pieceBytes: Int
        fileprivate let look: Look

        mutating func next() async -> ByteBuffer? {
            look.isTaken.store(true, ordering: .relaxed)
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(pieceBytes) }
            return ByteBuffer(bytes: rest.prefix(pieceBytes))
        }
    }

    fileprivate final class Look: Sendable {
        let isTaken = Atomic<Bool>(false)
    }
}
