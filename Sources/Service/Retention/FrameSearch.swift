import CZstd
import Foundation
import Signing

/// The zstd frames in a file that may be damaged, cut off, or of another kind: found by the number that each begins
/// with, and read through piece by piece. Of one thread at a time.
///
/// It holds a piece of the file, a piece of what comes of it, and what zstd looks back on: 128 MiB at most, whatever the
/// file says of itself.
final class FrameSearch {
    /// A frame that is whole, and holds the checksum that it names, if it does.
    struct Frame: Hashable {
        /// Where it begins, and how many bytes it has there.
        let offset: Int
        let packed: Int
        /// Of what it unpacks to.
        let length: Int
        let digest: SHA256Digest
    }

    /// Zstd's own limit, below that of a batch: no frame of an archive looks back further.
    private static let windowBits: Int32 = 27
    private static let pieceBytes = 1 << 20
    /// What zstd is given, and gives, at a time. Of a call that fails it does not say what it did: so much at most.
    private static let stepBytes = 1 << 14
    /// So much work is left of a small file too.
    private static let leastWork = 1 << 26
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let file: Descriptor
    private let context: OpaquePointer
    private let stream = SHA256Stream()
    /// The most that a frame may unpack to.
    private let mostLength: Int
    /// Bytes that may yet be read and unpacked: frames within frames would have a file read over and over.
    private var workLeft: Int
    private let piece: UnsafeMutableRawBufferPointer
    private let room: UnsafeMutableRawBufferPointer
    /// What of the file stands in `piece`.
    private var start = 0
    private var filled = 0

    /// `mostLength`: of the frames that are looked for; `expected`: what all of those unpack to.
    init(_ path: String, mostLength: Int, expected: Int) throws(Failure) {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let size = min(Int(try file.status().st_size), 1 << 50)
        guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd has memory for a context") }
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowBits)
        self.file = file
        self.context = context
        self.mostLength = mostLength
        piece = .allocate(byteCount: Self.pieceBytes, alignment: 16)
        room = .allocate(byteCount: Self.stepBytes, alignment: 16)
        workLeft = 16 * (size + expected) + Self.leastWork
    }

    deinit {
        ZSTD_freeDCtx(context)
        piece.deallocate()
        room.deallocate()
    }

    /// Whether the file asks for more work than any archive, and was not looked through to its end.
    var hasGivenUp: Bool { workLeft <= 0 }

    /// Goes over the frames from the front. After one that is taken it goes on behind it; in one that is not it looks for
    /// others, as it may not be what it seems. Throws trouble of the disk.
    func forEach(_ isTaken: (Frame) -> Bool) throws(Failure) {
        var place = 0
        while workLeft > 0, let offset = try nextMagic(from: place) {
            if let frame = try frame(at: offset), isTaken(frame) {
                place = offset + frame.packed
            } else {
                place = offset + 1
            }
        }
    }

    /// Where the next frame may begin; nil: nowhere up to the end.
    private func nextMagic(from place: Int) throws(Failure) -> Int? {
        var place = place
        while true {
            let bytes = try bytes(at: place)
            guard bytes.count >= Self.magic.count else { return nil }
            for index in 0...bytes.count - Self.magic.count
            where bytes[index] == Self.magic[0] && bytes[index..<index + 4].elementsEqual(Self.magic) {
                return place + index
            }
            let passed = bytes.count - (Self.magic.count - 1)
            workLeft -= passed
            place += passed
        }
    }

    /// The frame that begins there; nil where none does that is whole and no longer than those looked for.
    private func frame(at offset: Int) throws(Failure) -> Frame? {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        // Of one that was given up, something is left in it.
        _ = stream.finish()
        var (place, length) = (offset, 0)
        while workLeft > 0 {
            let bytes = try bytes(at: place)
            guard !bytes.isEmpty, let (read, left) = unpack(bytes, length: &length) else { return nil }
            place += read
            if left == 0 {
                return Frame(
                    offset: offset, packed: place - offset, length: length, digest: stream.finish())
            }
        }
        return nil
    }

    /// Unpacks what there is of a frame: how much of it was read, and whether the frame goes on. Nil where it is none.
    private func unpack(
        _ bytes: UnsafeRawBufferPointer, length: inout Int
    ) -> (read: Int, left: Int)? {
        var input = ZSTD_inBuffer(
            src: bytes.baseAddress, size: min(bytes.count, Self.stepBytes), pos: 0)
        var (left, isFull) = (1, false)
        while left != 0, input.pos < input.size || isFull {
            let before = input.pos
            var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            left = ZSTD_decompressStream(context, &output, &input)
            length += output.pos
            workLeft -= input.pos - before + output.pos
            guard ZSTD_isError(left) == 0, length <= mostLength, workLeft > 0 else {
                workLeft -= 2 * Self.stepBytes
                return nil
            }
            stream.update(UnsafeRawBufferPointer(rebasing: room[..<output.pos]))
            isFull = output.pos == output.size
        }
        return (input.pos, left)
    }

    /// Bytes of the file from a place on, at least four; fewer only at its end.
    private func bytes(at place: Int) throws(Failure) -> UnsafeRawBufferPointer {
        if place < start || place + Self.magic.count > start + filled {
            start = place
            filled = try file.fill(piece, from: place)
        }
        return UnsafeRawBufferPointer(rebasing: piece[(place - start)..<filled])
    }
}
