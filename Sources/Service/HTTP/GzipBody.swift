import CZlib
import NIOCore

/// A body of `Content-Encoding: gzip` (RFC 1952).
final class GzipBody: Unpacking {
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInside = false
    private var hasEnded = false

    init() {
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

    func step(_ packed: inout ByteBuffer, into room: UnsafeMutableRawBufferPointer) throws(UnpackingFault)
        -> Int
    {
        while true {
            let (status, given) = unpack(&packed, into: room)
            switch status {
            case Z_STREAM_END:
                // Another member may follow, as when two files were packed and put together.
                (isInside, hasEnded) = (false, true)
                inflateReset(stream)
            case Z_OK: break
            // It needs more to read, or has nothing more to give.
            case Z_BUF_ERROR: return given
            default: throw .malformed
            }
            if given > 0 || packed.readableBytes == 0 { return given }
        }
    }

    func finish() throws(UnpackingFault) {
        guard hasEnded, !isInside else { throw .unfinished }
    }

    /// One call of zlib.
    private func unpack(
        _ packed: inout ByteBuffer, into room: UnsafeMutableRawBufferPointer
    ) -> (status: Int32, given: Int) {
        if packed.readableBytes > 0 { isInside = true }
        var status = Z_OK
        packed.readWithUnsafeReadableBytes { bytes in
            // zlib only reads them.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room.count)
            status = inflate(stream, Z_NO_FLUSH)
            return bytes.count - Int(stream.pointee.avail_in)
        }
        return (status, room.count - Int(stream.pointee.avail_out))
    }
}
