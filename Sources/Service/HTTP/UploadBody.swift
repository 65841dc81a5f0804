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
    private let packed: (any Unpacking)?
    private var overhead = 0
    private var bytes: [UInt8] = []

    /// `announced` is the length that the head says, if it does.
    init(_ encoding: ContentEncoding, announced: Int?, limit: Int) {
        self.announced = announced
        self.limit = limit
        packed = encoding.unpacking(limit: limit)
        // Room that is never written to costs no memory.
        if packed == nil { bytes.reserveCapacity(min(announced ?? 0, limit)) }
    }

    /// Takes the next piece; gives how many bytes more are kept now. Throws `tooLarge` beyond the limit, and the
    /// problem `encoding_malformed`.
    mutating func append(_ piece: ByteBuffer, _ tooLarge: BatchRefusal) throws -> Int {
        count += piece.readableBytes
        guard count <= limit else { throw tooLarge }
        if let packed {
            let before = packed.bytes.count + overhead
            try Self.unpacked(tooLarge) { () throws(UnpackingFault) in
                try piece.withUnsafeReadableBytes { bytes throws(UnpackingFault) in try packed.append(bytes) }
            }
            overhead = max(overhead, packed.overheadBytes)
            return packed.bytes.count + overhead - before
        }
        // Growing by doubling would need half as much again, for a moment.
        if announced == nil, bytes.count > Self.unannouncedBytes { bytes.reserveCapacity(limit) }
        piece.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        return piece.readableBytes
    }

    /// All of it, when there is no more to come.
    func finish(_ tooLarge: BatchRefusal) throws -> [UInt8] {
        guard let packed else { return bytes }
        return try Self.unpacked(tooLarge) { () throws(UnpackingFault) in try packed.finish() }
    }

    private static func unpacked<Value>(
        _ tooLarge: BatchRefusal, _ body: () throws(UnpackingFault) -> Value
    ) throws -> Value {
        do throws(UnpackingFault) { return try body() } catch {
            switch error {
            case .malformed: throw Problem.encodingMalformed
            case .tooLarge: throw tooLarge
            }
        }
    }

    /// Up to here a body whose length is not announced grows as it comes.
    private static let unannouncedBytes = 1 << 20
}
