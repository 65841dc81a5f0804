import CZstd

/// The form of an archive: zstd frames, one a batch, in the order of arrival; then three of the frames that zstd
/// skips: the index, its seal, and a footer that says where the index begins. So any zstd unpacks it to the batches'
/// bytes, one after the other, and one batch is read without the others.
enum ArchiveFrames {
    /// Frames that zstd skips, by the number that each begins with.
    enum Part: UInt32 {
        case index = 0x184D_2A50
        case seal = 0x184D_2A51
        case footer = 0x184D_2A52
    }

    /// Bytes before what a skipped frame holds: its number, and how many those are.
    static let headBytes = 8
    static let footerBytes = headBytes + 16
    private static let mark = Array("SETLARC1".utf8)

    static func frame(_ part: Part, _ content: [UInt8]) -> [UInt8] {
        precondition(content.count <= Int(UInt32.max), "a frame's length fits 32 bits")
        return little(part.rawValue) + little(UInt32(content.count)) + content
    }

    static func footer(indexAt offset: Int) -> [UInt8] {
        frame(.footer, little(UInt64(offset)) + mark)
    }

    /// Where the index begins, by the file's last bytes; nil for those of another file.
    static func indexOffset(_ footer: [UInt8]) -> Int? {
        guard footer.count == footerBytes, content(footer[...], .footer)?.count == 16,
            footer.suffix(mark.count).elementsEqual(mark)
        else { return nil }
        return Int(exactly: number(footer.dropFirst(headBytes).prefix(8)))
    }

    /// What a frame holds that some bytes begin with; nil where they begin with another one.
    static func content(_ bytes: ArraySlice<UInt8>, _ part: Part) -> ArraySlice<UInt8>? {
        guard bytes.count >= headBytes, number(bytes.prefix(4)) == UInt64(part.rawValue) else { return nil }
        let length = Int(number(bytes.dropFirst(4).prefix(4)))
        let content = bytes.dropFirst(headBytes)
        return content.count >= length ? content.prefix(length) : nil
    }

    /// Unpacks one frame; nil where it does not hold exactly so many bytes, as it was packed.
    static func unpack(_ frame: [UInt8], length: Int) -> [UInt8]? {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { room, count in
            got = frame.withUnsafeBytes {
                ZSTD_decompress(room.baseAddress, length, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(got) == 0 ? min(got, length) : 0
        }
        return ZSTD_isError(got) == 0 && got == length ? bytes : nil
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Packs batches into frames, each with a checksum.
final class FramePacker {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd has memory for a context") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        self.context = context
    }

    deinit { ZSTD_freeCCtx(context) }

    func pack(_ bytes: [UInt8]) -> [UInt8] {
        let most = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: most) { room, count in
            count = bytes.withUnsafeBytes {
                ZSTD_compress2(context, room.baseAddress, most, $0.baseAddress, $0.count)
            }
            precondition(ZSTD_isError(count) == 0, "zstd packs any bytes into the room that it asks for")
        }
    }
}
