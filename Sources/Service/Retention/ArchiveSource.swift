import Settlement
import Signing
import Store

/// What an archive is written anew from: the file as it was written or, where only damaged ones are at hand, its
/// batches as they were read from those, if none is lost.
struct ArchiveSource {
    /// The file, or one of the damaged ones: the new one comes beside it.
    let path: String
    /// What the new one's name is made of.
    let name: String
    let alliance: String
    let keptFrom: String
    /// In the order of arrival; how they were packed is told of a whole file alone.
    let entries: [ArchiveIndex.Entry]
    private let add: (ArchiveIndex.Entry, ArchiveWriter) throws -> Void
    private let read: (Int64) throws -> [UInt8]?

    /// Throws `archiveMissing`, and `archiveDamaged` where a batch is lost.
    init(_ archive: StoredArchive, on shelf: ArchiveShelf, of store: Store) throws {
        if let part = shelf.damaged.first(where: { $0.archive == archive && $0.lost.isEmpty }) {
            try self.init(part, on: shelf, of: store)
        } else {
            self.init(try shelf.whole(archive), of: archive)
        }
    }

    private init(_ file: ArchiveFile, of archive: StoredArchive) {
        let name = ArchiveShelf.name(of: file.path)
        path = file.path
        self.name = PlainText.of(name) == name ? name : archive.name
        alliance = file.index.alliance
        keptFrom = file.index.keptFrom
        entries = file.index.entries
        read = { try file.bytes(of: $0) }
        add = { entry, writer in
            guard let frame = try file.frame(of: entry.number) else { throw Self.gone(entry, file.path) }
            try writer.copy(frame.bytes, of: frame.entry)
        }
    }

    private init(_ part: DamagedArchive, on shelf: ArchiveShelf, of store: Store) throws {
        let archive = part.archive
        let namesake = part.copies.first { ArchiveShelf.name(of: $0) == archive.name }
        guard let path = namesake ?? part.copies.first else {
            preconditionFailure("what was read of an archive was read from a file")
        }
        let schedule = try store.schedule()
        self.path = path
        name = archive.name
        alliance = schedule.alliance.id.text
        keptFrom = schedule.calendar.period(archive.keptFrom).id
        entries = try store.batches(in: archive).map { batch in
            ArchiveIndex.Entry(
                number: batch.number, merchant: batch.merchant, batch: batch.batch, digest: batch.digest,
                length: batch.length, packed: 0)
        }
        read = { try shelf.bytes(of: $0, in: archive) }
        add = { entry, writer in
            guard let bytes = try shelf.bytes(of: entry.number, in: archive) else {
                throw Self.gone(entry, path)
            }
            try writer.add(bytes, inPlaceOf: entry)
        }
    }

    /// Adds a batch as it is to an archive that is being written.
    func copy(_ entry: ArchiveIndex.Entry, to writer: ArchiveWriter) throws { try add(entry, writer) }

    /// The bytes of a batch.
    func bytes(of entry: ArchiveIndex.Entry) throws -> [UInt8] {
        guard let bytes = try read(entry.number) else { throw Self.gone(entry, path) }
        return bytes
    }

    private static func gone(_ entry: ArchiveIndex.Entry, _ path: String) -> RetentionRefusal {
        RetentionRefusal(
            .archiveDamaged,
            "\(path) has lost batch \(PlainText.of(entry.batch)) while it was read: try again")
    }
}
