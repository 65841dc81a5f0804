import CZstd
import NIOCore

/// A body of `Content-Encoding: zstd` (RFC 8878). Its window may be 8 MiB, as RFC 9659 has it; what that takes is
/// counted like the body itself.
final class ZstdBody: Unpacking {
    private let context: OpaquePointer
    /// Whether all frames that began have ended.
    private var isBetween = false
    /// Whether there may be more to give without more to read.
    private var isFull = false

    init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd has memory for a context") }
        let status = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog)
        precondition(ZSTD_isError(status) == 0, "zstd knows windows of 8 MiB")
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    var overheadBytes: Int { ZSTD_sizeof_DCtx(context) }

    func step(_ packed: inout ByteBuffer, into room: UnsafeMutableRawBufferPointer) throws(UnpackingFault)
        -> Int
    {
        while packed.readableBytes > 0 || isFull {
            let (status, given) = unpack(&packed, into: room)
            guard ZSTD_isError(status) == 0 else {
                let isWindow = ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge
                throw isWindow ? .window : .malformed
            }
            if given > 0 { return given }
        }
        return 0
    }

    func finish() throws(UnpackingFault) {
        guard isBetween else { throw .unfinished }
    }

    /// One call of zstd.
    private func unpack(
        _ packed: inout ByteBuffer, into room: UnsafeMutableRawBufferPointer
    ) -> (status: Int, given: Int) {
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        var status = 0
        let taken = packed.readWithUnsafeReadableBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            status = ZSTD_decompressStream(context, &output, &input)
            return (input.pos, input.pos)
        }
        // 0 is said at a frame's end; asked again without input, it expects another frame's beginning.
        if output.pos == output.size || taken > 0 { isBetween = status == 0 }
        isFull = output.pos == output.size && status != 0
        return (status, output.pos)
    }

    private static let windowLog: Int32 = 23
    /// The most that one holds beside what it unpacks: the window, what is read and given piece by piece, tables.
    static let mostOverheadBytes = 9 << 20
}
