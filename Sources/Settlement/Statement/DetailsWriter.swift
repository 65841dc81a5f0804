import Signing

/// One merchant's DETAILS.csv in pieces, its rows counted and its bytes digested as it goes.
struct DetailsWriter {
    /// Pieces are handed on once they reach this many bytes.
    static let pieceSize = 65_536

    private(set) var rows: Int64 = 0
    private var buffer = Array(DetailsText.header.utf8)
    private var stream: SHA256Stream?

    /// Appends one row, which ends with LF.
    mutating func append(_ row: UnsafeBufferPointer<UInt8>) {
        buffer.append(contentsOf: row)
        rows += 1
    }

    /// Whether there is enough for a piece.
    var hasPiece: Bool { buffer.count >= Self.pieceSize }

    /// All bytes gathered since the last piece.
    mutating func takePiece() -> [UInt8] {
        if stream == nil { stream = SHA256Stream() }
        stream?.update(buffer)
        defer {
            buffer = []
            buffer.reserveCapacity(Self.pieceSize + 1_024)
        }
        return buffer
    }

    /// The digest of all pieces, once the last is taken.
    func digest() -> SHA256Digest {
        precondition(buffer.isEmpty, "the digest is of all the rows")
        guard let stream else { preconditionFailure("a file has at least its header") }
        return stream.finish()
    }
}
