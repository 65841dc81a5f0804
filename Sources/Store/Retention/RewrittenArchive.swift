public import Signing

/// An archive that was written anew with other bytes of some of its batches, and takes the old one's place.
public struct RewrittenArchive: Sendable {
    /// The number of the archive whose place it takes.
    public let number: Int64
    /// Of the whole new file.
    public let digest: SHA256Digest
    /// What the new file is called, without its folder.
    public let name: String
    /// The batches whose bytes changed, by number: what stands in the new file.
    public let batches: [Int64: (digest: SHA256Digest, length: Int64)]

    public init(
        number: Int64, digest: SHA256Digest, name: String,
        batches: [Int64: (digest: SHA256Digest, length: Int64)]
    ) {
        self.number = number
        self.digest = digest
        self.name = name
        self.batches = batches
    }
}
