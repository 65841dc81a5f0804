import CZstd

/// A body of `Content-Encoding: zstd` (RFC 8878). Its window may be 8 MiB, as RFC 9659 has it; what that takes is
/// counted like the body itself.
final class ZstdBody: Unpacking {
    private let context: OpaquePointer
    private let limit: Int
    /// Whether all frames that began have ended.
    private var isBetween = false
    private(set) var bytes: [UInt8] = []

    /// `limit` is the most bytes that it may unpack to.
    init(limit: Int) {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd has memory for a context") }
        let status = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog)
        precondition(ZSTD_isError(status) == 0, "zstd knows windows of 8 MiB")
        self.context = context
        self.limit = limit
    }

    deinit { ZSTD_freeDCtx(context) }

    var overheadBytes: Int { ZSTD_sizeof_DCtx(context) }

    func append(_ piece: UnsafeRawBufferPointer) throws(UnpackingFault) {
        var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
        var isFull = true
        // What it could not give yet it gives without more to read.
        while input.pos < input.size || isFull {
            isFull = try unpack(&input)
            guard bytes.count <= limit else { throw .tooLarge }
        }
    }

    func finish() throws(UnpackingFault) -> [UInt8] {
        guard isBetween else { throw .malformed }
        return bytes
    }

    /// One call of zstd: what it gives is added, beyond the limit by one piece at most. Gives whether there may be
    /// more behind it.
    private func unpack(_ input: inout ZSTD_inBuffer) throws(UnpackingFault) -> Bool {
        var (status, isFull) = (0, false)
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 16) { room in
            var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            status = ZSTD_decompressStream(context, &output, &input)
            bytes.append(
                contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<output.pos]))
            isFull = output.pos == output.size
        }
        guard ZSTD_isError(status) == 0 else { throw .malformed }
        // 0 is said at a frame's end; asked again without input, it expects another frame's beginning.
        if isFull || input.pos > 0 { isBetween = status == 0 }
        return isFull && status != 0
    }

    private static let windowLog: Int32 = 23
    private static let pieceBytes = 64 << 10
    /// The most that one holds beside what it unpacks: the window, what is read and given piece by piece, tables.
    static let mostOverheadBytes = 9 << 20
}
