import CZlib

/// A body of `Content-Encoding: gzip` (RFC 1952).
final class GzipBody: Unpacking {
    private let stream: UnsafeMutablePointer<z_stream>
    private let limit: Int
    private var isInside = false
    private var hasEnded = false
    private(set) var bytes: [UInt8] = []

    /// `limit` is the most bytes that it may unpack to.
    init(limit: Int) {
        self.limit = limit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = settled_gunzip_init(stream)
        precondition(status == Z_OK, "zlib has memory for a stream")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// What zlib keeps of one stream: 32 KiB of window, and its tables.
    let overheadBytes = 48 << 10

    func append(_ piece: UnsafeRawBufferPointer) throws(UnpackingFault) {
        // zlib only reads them.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(piece.count)
        while true {
            let status = unpack()
            guard bytes.count <= limit else { throw .tooLarge }
            switch status {
            case Z_STREAM_END:
                // Another member may follow, as when two files were packed and put together.
                (isInside, hasEnded) = (false, true)
                inflateReset(stream)
                guard stream.pointee.avail_in > 0 else { return }
            case Z_OK: if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return }
            case Z_BUF_ERROR: return
            default: throw .malformed
            }
        }
    }

    func finish() throws(UnpackingFault) -> [UInt8] {
        guard hasEnded, !isInside else { throw .malformed }
        return bytes
    }

    /// One call of zlib: what it gives is added, beyond the limit by one piece at most.
    private func unpack() -> Int32 {
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 16) { room in
            stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room.count)
            if stream.pointee.avail_in > 0 { isInside = true }
            let status = inflate(stream, Z_NO_FLUSH)
            let count = room.count - Int(stream.pointee.avail_out)
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
            return status
        }
    }

    private static let pieceBytes = 64 << 10
}
