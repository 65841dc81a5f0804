import CZstd
import Foundation

/// Files packed as zstd, piece by piece: neither is ever whole in memory.
enum PackedFile {
    /// Bytes that are read at a time.
    private static let pieceBytes = 1 << 20
    /// What zstd's frames begin with.
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// Whether a file begins as one that is packed; its name does not count.
    static func isPacked(_ path: String) throws(Failure) -> Bool {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        return try file.readPiece(magic.count) == magic
    }

    /// Packs a file into a new one of mode 0600, which is on the disk when this returns. It bears a checksum.
    static func pack(_ source: String, into target: String) throws(Failure) {
        let input = try Descriptor(opening: source, flags: O_RDONLY, attempt: "read it")
        let output = try Descriptor(newSecret: target)
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd has memory for a context") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
        defer { room.deallocate() }
        var isLast = false
        while !isLast {
            let piece = try input.readPiece(pieceBytes)
            isLast = piece == nil
            var place = 0
            var isDone = false
            while !isDone {
                let (left, given) = step(context, piece ?? [], from: &place, room, isLast: isLast)
                guard ZSTD_isError(left) == 0 else {
                    throw .trouble(target, "cannot be packed: \(String(cString: ZSTD_getErrorName(left)))")
                }
                try output.writeAll([UInt8](room.prefix(given)))
                isDone = isLast ? left == 0 : place == piece?.count
            }
        }
        try output.synchronize()
    }

    /// One call of zstd.
    private static func step(
        _ context: OpaquePointer, _ piece: [UInt8], from place: inout Int,
        _ room: UnsafeMutableRawBufferPointer, isLast: Bool
    ) -> (left: Int, given: Int) {
        piece.withUnsafeBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: place)
            var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            let left = ZSTD_compressStream2(
                context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
            place = input.pos
            return (left, output.pos)
        }
    }

    /// Gives the bytes of a packed file, piece by piece. Throws `refused` for one that is not whole, or not as it was
    /// packed.
    static func unpack(_ source: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let input = try Descriptor(opening: source, flags: O_RDONLY, attempt: "read it")
        guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd has memory for a context") }
        defer { ZSTD_freeDCtx(context) }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 16)
        defer { room.deallocate() }
        // 0 once all frames that began have ended.
        var left = 1
        while let piece = try input.readPiece(pieceBytes) {
            try piece.withUnsafeBytes { bytes in
                var packed = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                var isFull = false
                while packed.pos < packed.size || isFull {
                    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                    left = ZSTD_decompressStream(context, &output, &packed)
                    guard ZSTD_isError(left) == 0 else {
                        throw Failure.refused(
                            source, "is not what was packed: \(String(cString: ZSTD_getErrorName(left)))",
                            hint: "take another backup")
                    }
                    isFull = output.pos == output.size && left != 0
                    try body(UnsafeRawBufferPointer(rebasing: room[..<output.pos]))
                }
            }
        }
        guard left == 0 else {
            throw Failure.refused(source, "ends before what was packed does", hint: "take another backup")
        }
    }
}
