/// Why bytes of batches are not archived, or not read from archives. Codes are never reused.
public struct RetentionRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Fewer periods have closed than are to be kept, and one.
        case periodsTooFew = "periods_too_few"
        /// The file that was to be made is there.
        case archiveExists = "archive_exists"
        /// While the archive was written, another one took some of its batches.
        case archiveSuperseded = "archive_superseded"
        /// The archive was taken away before the database had noted it.
        case archiveGone = "archive_gone"
        /// Another run is at work on the same data.
        case retentionBusy = "retention_busy"
        /// An archive that is needed is not at hand.
        case archiveMissing = "archive_missing"
        /// A file is none of this data's archives.
        case archiveUnknown = "archive_unknown"
        /// An archive is not as it was written.
        case archiveDamaged = "archive_damaged"
    }

    public let code: Code
    /// What is wrong, for a person.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension RetentionRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
