public import Signing

/// What a merchant gets once its batch is durable. Rulebook §3.
public struct Receipt: Hashable, Sendable {
    public static let format = "settled-receipt/1"
    /// The warning of a batch whose sequence leaves a gap.
    public static let sequenceGap = "sequence_gap"
    /// The warning of a batch whose merchant passed its exposure limit at the last close.
    public static let exposureLimit = "exposure_limit"

    /// What became of the records: accepted, duplicates and refused sum to `records`.
    public struct Counts: Hashable, Sendable {
        public let records: Int64
        public let accepted: Int64
        public let duplicates: Int64
        public let refused: Int64

        public init(records: Int64, accepted: Int64, duplicates: Int64, refused: Int64) {
            self.records = records
            self.accepted = accepted
            self.duplicates = duplicates
            self.refused = refused
        }
    }

    /// How many accepted records will settle in a period, by its id.
    public struct PeriodCount: Hashable, Sendable {
        public let period: String
        public let records: Int64

        public init(period: String, records: Int64) {
            self.period = period
            self.records = records
        }
    }

    public let alliance: AllianceID
    public let merchant: MerchantID
    public let signer: Signer
    public let batch: BatchID
    public let sequence: Int64
    /// Of the batch's exact bytes.
    public let digest: SHA256Digest
    public let received: Instant
    public let counts: Counts
    /// By line, ascending.
    public let refused: RefusedRecords
    /// Codes, ascending.
    public let warnings: [String]
    /// By period, ascending: the ids of one alliance's periods sort as their periods do.
    public let periods: [PeriodCount]

    public init(
        alliance: AllianceID, merchant: MerchantID, signer: Signer, batch: BatchID, sequence: Int64,
        digest: SHA256Digest, received: Instant, counts: Counts, refused: RefusedRecords, warnings: [String],
        periods: [PeriodCount]
    ) {
        self.alliance = alliance
        self.merchant = merchant
        self.signer = signer
        self.batch = batch
        self.sequence = sequence
        self.digest = digest
        self.received = received
        self.counts = counts
        self.refused = refused.inOrder
        self.warnings = warnings.sorted()
        self.periods = periods.sorted { $0.period < $1.period }
    }

    /// The canonical bytes, which are signed. Rulebook §7.
    public var bytes: [UInt8] {
        // Room that is never written to costs no memory, growing does.
        var json = CanonicalJSON(capacity: mostBytes)
        json.object { json in
            json.member("format", Self.format)
            json.member("alliance", alliance.text)
            json.member("merchant", merchant.text)
            json.member("signer", signer.rawValue)
            json.member("batch", batch.text)
            json.member("sequence", sequence)
            json.member("digest", digest.text)
            json.member("received", received.description)
            json.member("counts") { json in
                json.member("records", counts.records)
                json.member("accepted", counts.accepted)
                json.member("duplicates", counts.duplicates)
                json.member("refused", counts.refused)
            }
            json.member("refused", array: refused) { json, record in
                json.object { json in
                    json.member("line", Int64(record.line))
                    json.member("id", record.id.text)
                    json.member("code", record.code.rawValue)
                }
            }
            json.member("warnings", array: warnings) { json, warning in json.string(warning) }
            json.member("periods", array: periods) { json, count in
                json.object { json in
                    json.member("period", count.period)
                    json.member("records", count.records)
                }
            }
        }
        return json.bytes
    }

    /// Bytes that are never less than `bytes` has, known before those are made.
    public var mostBytes: Int {
        Self.mostOtherBytes + (refused.count + periods.count) * Self.mostEntryBytes + refused.idBytes
    }

    /// Bytes that no receipt of a batch of so many bytes and records has more of.
    public static func mostBytes(ofBatch bytes: Int, records: Int) -> Int {
        // A record is refused, or makes a period be named; its id is in the batch.
        mostOtherBytes + records * mostEntryBytes + bytes
    }

    /// What all but both lists takes at most.
    private static let mostOtherBytes = 2048
    /// What a refused record takes beside its id, and a period, at most.
    private static let mostEntryBytes = 64
}
