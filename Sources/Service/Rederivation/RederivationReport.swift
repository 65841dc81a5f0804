/// What a rederivation found.
public struct RederivationReport: Sendable {
    /// One thing that is stored and is not what comes of the history.
    public struct Finding: Hashable, Sendable {
        /// Which document, batch or row: `statement of M001 for 2026-11`.
        public let place: String
        /// What is wrong with it, in one sentence.
        public let problem: String
        /// What comes of the history, where that is short enough to tell.
        public let derived: String?
        /// What is stored.
        public let stored: String?

        init(_ place: String, _ problem: String, derived: String? = nil, stored: String? = nil) {
            self.place = place
            self.problem = problem
            self.derived = derived
            self.stored = stored
        }
    }

    /// Things of one kind, the first of them by name.
    public struct Named: Hashable, Sendable {
        public private(set) var count: Int64 = 0
        public private(set) var first: [String] = []

        /// So many are named.
        static let most = 20

        mutating func add(_ name: String) {
            count += 1
            if first.count < Self.most { first.append(name) }
        }
    }

    /// Findings beyond this number are counted only.
    static let mostFindings = 1_000

    public internal(set) var findings: [Finding] = []
    /// How many were found, told or not.
    public internal(set) var found: Int64 = 0
    public internal(set) var batches: Int64 = 0
    public internal(set) var records: Int64 = 0
    /// Batches whose bytes were read from archives.
    public internal(set) var archived: Int64 = 0
    /// Archives that are not as they were written: what of them was read, and what is lost.
    public internal(set) var damagedArchives: [DamagedArchive] = []
    /// Signatures under batches that were checked, and those that were not as their key is derived from a
    /// secret that is not at hand.
    public internal(set) var signatures: Int64 = 0
    public internal(set) var unchecked: Int64 = 0
    /// Seals that were checked, or made again and compared.
    public internal(set) var seals: Int64 = 0
    /// Seals that were not, as neither the master secret nor any public key of a seal is at hand.
    public internal(set) var sealsUnchecked: Int64 = 0
    /// What bytes alone no longer prove, as members were forgotten: batches whose signatures are of bytes that are no
    /// more, and files DETAILS.csv that stand otherwise than their statements were signed with. What vouches for each is
    /// the seal over its notice.
    public internal(set) var redactedBatches = Named()
    public internal(set) var redactedDetails = Named()
    /// How many of those seals were not checked, as nothing is at hand to do so; they are among `sealsUnchecked`.
    public internal(set) var noticesUnchecked: Int64 = 0
    public internal(set) var bookings: Int64 = 0
    /// What no signed document holds, so that a change of it cannot be seen: the reasons of bookings, and keys that
    /// signed no stored batch.
    public internal(set) var unseenReasons: Int64 = 0
    public internal(set) var unseenKeys: Int64 = 0
    /// Ids of the periods that were compared.
    public internal(set) var periods: [String] = []
    public internal(set) var statements: Int64 = 0
    /// Rows of DETAILS.csv.
    public internal(set) var detailsRows: Int64 = 0
    /// Why not all was built again; nil: it was.
    public internal(set) var stopped: String?

    /// Whether all was built again and nothing differs.
    public var isGood: Bool { found == 0 && stopped == nil }

    mutating func add(_ finding: Finding) {
        found += 1
        if findings.count < Self.mostFindings { findings.append(finding) }
    }
}
