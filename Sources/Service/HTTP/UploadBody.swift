import NIOCore
import Settlement

/// A batch's body while it comes, unpacked if it is packed: never more of it than the limit.
///
/// Of one task at a time.
struct UploadBody {
    /// Bytes that came over the wire so far.
    private(set) var count = 0
    private let announced: Int?
    private let limit: Int
    private let gzip: GzipBody?
    private var bytes: [UInt8] = []

    /// `announced` is the length that the head says, if it does.
    init(isGzip: Bool, announced: Int?, limit: Int) {
        self.announced = announced
        self.limit = limit
        gzip = isGzip ? GzipBody(limit: limit) : nil
        // Room that is never written to costs no memory.
        if gzip == nil { bytes.reserveCapacity(min(announced ?? 0, limit)) }
    }

    /// Takes the next piece; gives how many bytes more are kept now. Throws `tooLarge` beyond the limit, and the
    /// problem `encoding_malformed`.
    mutating func append(_ piece: ByteBuffer, _ tooLarge: BatchRefusal) throws -> Int {
        count += piece.readableBytes
        guard count <= limit else { throw tooLarge }
        if let gzip {
            let before = gzip.bytes.count
            try Self.unpacked(tooLarge) { () throws(GzipBody.Fault) in try gzip.append(piece) }
            return gzip.bytes.count - before
        }
        // Growing by doubling would need half as much again, for a moment.
        if announced == nil, bytes.count > Self.unannouncedBytes { bytes.reserveCapacity(limit) }
        piece.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        return piece.readableBytes
    }

    /// All of it, when there is no more to come.
    func finish(_ tooLarge: BatchRefusal) throws -> [UInt8] {
        guard let gzip else { return bytes }
        return try Self.unpacked(tooLarge) { () throws(GzipBody.Fault) in try gzip.finish() }
    }

    private static func unpacked<Value>(
        _ tooLarge: BatchRefusal, _ body: () throws(GzipBody.Fault) -> Value
    ) throws -> Value {
        do throws(GzipBody.Fault) { return try body() } catch {
            switch error {
            case .malformed: throw Problem.encodingMalformed
            case .tooLarge: throw tooLarge
            }
        }
    }

    /// Up to here a body whose length is not announced grows as it comes.
    private static let unannouncedBytes = 1 << 20
}
