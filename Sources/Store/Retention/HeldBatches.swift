import GRDB
public import Signing

/// A batch that an archive has the bytes of, by its name.
public struct HeldBatch: Hashable, Sendable {
    /// Its place in the order of arrival.
    public let number: Int64
    public let merchant: String
    public let batch: String
    /// Of the bytes that the archive has: those that were signed, or what stands for them since a member was forgotten.
    public let digest: SHA256Digest
    /// How many bytes those are.
    public let length: Int64
}

extension Store {
    /// The batches whose bytes an archive has, in the order of arrival. Throws `StoreTrouble` where a row is not as it
    /// was written.
    public func batches(in archive: StoredArchive) throws -> [HeldBatch] {
        try reading("list the batches in \(archive.name)") { try ArchiveRows($0).batches(in: archive.number) }
    }
}
