/// Where the spool is and how it is watched.
public struct SpoolSettings: Hashable, Sendable {
    /// The folder with one folder a merchant, and one of the operator.
    public var folder: String
    /// Seconds between two looks at everything, beside the system's word that something came; 1 … 3600.
    public var pollSeconds: Int
    /// Seconds for which a batch that does not fit its signature has to stay as it is before it is refused: until
    /// then it may still be on its way; 0 … 86400.
    public var quietSeconds: Int

    public init(folder: String, pollSeconds: Int = 10, quietSeconds: Int = 60) {
        self.folder = folder
        self.pollSeconds = pollSeconds
        self.quietSeconds = quietSeconds
    }

    static let pollBounds = 1...3600
    static let quietBounds = 0...86400
}
