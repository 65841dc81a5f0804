/// What a scrape gives: a name that stays, what it counts, and by what it is told apart.
struct Metric: Sendable {
    enum Kind: String {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    /// One line for people.
    let help: String
    /// The name of the label that its values have; nil: it has one value.
    let label: String?

    init(_ name: String, _ kind: Kind, by label: String? = nil, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
        self.label = label
    }
}

/// Every one there is, in the order of a scrape. Labels have few values: fixed ones, or at most
/// `BookFigures.mostMerchants` merchants of the alliance.
extension Metric {
    static let all: [Metric] = intake + store + closing + http + merchants + process

    static let intake = [batches, records, batchBytes, refusals, receiptSeconds]
    static let batches = Metric(
        "settled_batches_total", .counter, by: "outcome", "Batches by what became of them, dry runs not.")
    static let records = Metric(
        "settled_records_total", .counter, by: "outcome", "Records of stored batches by what became of them.")
    static let batchBytes = Metric(
        "settled_batch_bytes_total", .counter, "Bytes of stored batches, unpacked.")
    static let refusals = Metric(
        "settled_batch_refusals_total", .counter, by: "code", "Batches refused whole, by code.")
    static let receiptSeconds = Metric(
        "settled_receipt_seconds", .histogram, "From a stored batch's being whole to its durable receipt.")

    static let store = [
        ready, commitSeconds, databaseBytes, logBytes, freeBytes, reserveBytes, backupAt, backupOK,
        figuresRead,
    ]
    static let ready = Metric("settled_ready", .gauge, "1 while /readyz answers 200.")
    static let commitSeconds = Metric(
        "settled_store_commit_seconds", .histogram, "From asking to write until it is on the disk.")
    static let databaseBytes = Metric("settled_database_bytes", .gauge, "Size of settled.sqlite.")
    static let logBytes = Metric("settled_database_wal_bytes", .gauge, "Size of its write-ahead log.")
    static let freeBytes = Metric("settled_disk_free_bytes", .gauge, "Free on the data folder's file system.")
    static let reserveBytes = Metric(
        "settled_disk_reserve_bytes", .gauge, "Of that, what closes leave to batches (close.reserve_bytes).")
    static let backupAt = Metric(
        "settled_backup_last_timestamp_seconds", .gauge, "When the last backup of this database was made.")
    static let backupOK = Metric(
        "settled_backup_last_success", .gauge,
        "1 if the last try at a backup made one, 0 too where it cannot be read whether it did.")
    static let figuresRead = Metric(
        "settled_figures_read", .gauge, "1 if what the database has to say could be read.")

    static let closing = [
        closes, closeOK, closeSeconds, closeRecords, closeAt, closeDue, closeStuck, closeAutomatic,
    ]
    static let closes = Metric(
        "settled_closes_total", .counter, by: "result", "Closes that this daemon tried, by result.")
    static let closeOK = Metric(
        "settled_close_last_success", .gauge, "1 if the last close that this daemon tried closed its period.")
    static let closeSeconds = Metric(
        "settled_close_last_duration_seconds", .gauge, "What the last close by this daemon took.")
    static let closeRecords = Metric(
        "settled_close_last_records", .gauge, by: "state", "Records of the last close, whoever did it.")
    static let closeAt = Metric(
        "settled_close_last_timestamp_seconds", .gauge, "When the last close began, whoever did it.")
    static let closeDue = Metric(
        "settled_close_due_timestamp_seconds", .gauge, "From when on the next period may close.")
    static let closeStuck = Metric(
        "settled_close_stuck", .gauge, "1 while a period cannot be closed until somebody does something.")
    static let closeAutomatic = Metric(
        "settled_close_automatic", .gauge, "1 if this daemon closes periods, 0 if a person does.")
}
