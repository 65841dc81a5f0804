import CZstd

/// Packs bytes as one frame of zstd.
enum Zstd {
    /// With `windowLog` its window has so many bits, and its length is not said, as of a stream.
    static func pack(_ bytes: [UInt8], windowLog: Int32? = nil) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd has memory for a context") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        if let windowLog { ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog) }
        return [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count) + 1024) { room, count in
            bytes.withUnsafeBytes { bytes in
                var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                if windowLog != nil { _ = ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush) }
                let left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end)
                precondition(left == 0, "what is packed has room")
                count = output.pos
            }
        }
    }
}
