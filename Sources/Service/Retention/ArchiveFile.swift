import Foundation
import Settlement
import Signing
import Store

/// An archive that is read: its index, and the bytes of any batch in it. Of one thread at a time.
final class ArchiveFile {
    let path: String
    let index: ArchiveIndex
    private let file: Descriptor
    /// Where each batch's frame begins, by the batch's number.
    private let places: [Int64: (offset: Int, entry: ArchiveIndex.Entry)]

    /// The most that may stand behind the batches: of two million of them.
    private static let mostTailBytes = 1 << 29

    /// Opens a file. Its seal is checked by these keys; with none it is not.
    ///
    /// Throws `archiveUnknown` for what is no archive, and `archiveDamaged` for one that is not as it was written, as
    /// far as its index tells.
    init(_ path: String, sealKeys: [VerificationKey]) throws {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        guard let (offset, tail) = try Self.tail(of: file) else {
            throw RetentionRefusal(.archiveUnknown, "\(path) is no archive, or its end was cut off")
        }
        guard let content = ArchiveFrames.content(tail[...], .index),
            let seal = ArchiveFrames.content(tail.dropFirst(ArchiveFrames.headBytes + content.count), .seal)
        else { throw Self.damaged(path, "its index cannot be read") }
        // Before it is read: what another wrote costs no more than its length.
        try Self.check(seal, of: Array(content), sealKeys, path)
        guard let index = ArchiveIndex(Array(content)) else {
            throw Self.damaged(path, "its index cannot be read")
        }
        var places: [Int64: (offset: Int, entry: ArchiveIndex.Entry)] = [:]
        var end = 0
        for entry in index.entries {
            places[entry.number] = (end, entry)
            end += Int(entry.packed)
        }
        guard end == offset, places.count == index.entries.count else {
            throw Self.damaged(path, "its index is of other batches than it holds")
        }
        self.path = path
        self.index = index
        self.file = file
        self.places = places
    }

    /// Whether a file ends as an archive does.
    static func isArchive(_ path: String) throws(Failure) -> Bool {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        return try footer(of: file) != nil
    }

    /// SHA-256 of a whole file.
    static func digest(of path: String) throws(Failure) -> SHA256Digest {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let stream = SHA256Stream()
        while let piece = try file.readPiece(1 << 20) { stream.update(piece) }
        return stream.finish()
    }

    /// The bytes of a batch as they arrived; nil where it has none of this number. Throws `archiveDamaged` where they
    /// are not those that the index names.
    func bytes(of number: Int64) throws -> [UInt8]? {
        guard let (offset, entry) = places[number] else { return nil }
        let frame = try file.bytes(at: offset, count: Int(entry.packed))
        guard let bytes = ArchiveFrames.unpack(frame, length: Int(entry.length)),
            SHA256Digest(of: bytes) == entry.digest
        else {
            throw Self.damaged(path, "its bytes of batch \(entry.batch) of \(entry.merchant) are other ones")
        }
        return bytes
    }

    /// A batch as it is packed, with what the index says of it; nil where it has none of this number. Whether it
    /// unpacks to that is not looked at.
    func frame(of number: Int64) throws(Failure) -> (bytes: [UInt8], entry: ArchiveIndex.Entry)? {
        guard let (offset, entry) = places[number] else { return nil }
        return (try file.bytes(at: offset, count: Int(entry.packed)), entry)
    }

    private static func footer(of file: borrowing Descriptor) throws(Failure) -> (index: Int, size: Int)? {
        let size = Int(try file.status().st_size)
        guard size >= ArchiveFrames.footerBytes else { return nil }
        let footer = try file.bytes(at: size - ArchiveFrames.footerBytes, count: ArchiveFrames.footerBytes)
        guard let offset = ArchiveFrames.indexOffset(footer),
            (0...size - ArchiveFrames.footerBytes).contains(offset)
        else { return nil }
        return (offset, size)
    }

    /// Where the index begins, and what stands from there to the footer.
    private static func tail(of file: borrowing Descriptor) throws(Failure) -> (offset: Int, bytes: [UInt8])?
    {
        guard let (offset, size) = try footer(of: file), size - offset <= mostTailBytes else { return nil }
        return (offset, try file.bytes(at: offset, count: size - ArchiveFrames.footerBytes - offset))
    }

    private static func check(
        _ seal: ArraySlice<UInt8>, of index: [UInt8], _ keys: [VerificationKey], _ path: String
    ) throws {
        guard !keys.isEmpty else { return }
        do throws(SignatureRefusal) {
            let seal = try DetachedJWS(parsing: String(decoding: seal, as: UTF8.self))
            guard let key = keys.first(where: { $0.id == seal.keyID }) else { throw .invalid }
            try seal.verify(payload: index, key: key)
        } catch {
            throw damaged(path, "its seal does not hold: \(error)")
        }
    }

    private static func damaged(_ path: String, _ why: String) -> RetentionRefusal {
        RetentionRefusal(.archiveDamaged, "\(path) is not as it was written: \(why); name another copy of it")
    }
}

extension Descriptor {
    /// So many bytes from a place on. Throws `trouble` where there are fewer.
    func bytes(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            do throws(Failure) {
                filled = try fill(UnsafeMutableRawBufferPointer(room), from: offset)
            } catch { failure = error }
        }
        if let failure { throw failure }
        guard bytes.count == count else {
            throw .trouble(path, "became shorter while it was read", hint: "try again")
        }
        return bytes
    }

    /// Fills the room from a place on; gives how many bytes there were, fewer only at the end.
    func fill(_ room: UnsafeMutableRawBufferPointer, from offset: Int) throws(Failure) -> Int {
        var filled = 0
        while filled < room.count {
            let got = pread(number, room.baseAddress! + filled, room.count - filled, off_t(offset + filled))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .fromSystem(path, "read it") }
            guard got > 0 else { break }
            filled += got
        }
        return filled
    }
}
