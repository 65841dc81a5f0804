import Settlement
import Signing
import Store

/// The archives that have batches of a member who is being forgotten, each written anew with the pseudonym in them.
struct RewrittenArchives {
    private let rewritings: [ArchiveRewriting]
    /// Where the old ones are, copies that are at hand included.
    let old: [String]

    /// Writes them as drafts, sealed and read again. Throws as `ArchiveRewriting`; nothing is left behind then.
    init(
        _ batches: [(number: Int64, archive: StoredArchive)], of archives: ForgettingArchives,
        to pseudonym: MemberID, _ request: MemberForgetting.Request, _ progress: SimulationProgress
    ) throws {
        let held = Dictionary(grouping: batches) { $0.archive }.sorted { $0.key.number < $1.key.number }
        old = held.flatMap { archives.shelf.paths(of: $0.key) }
        rewritings = try held.map { archive, batches in
            try ArchiveRewriting(
                archive, on: archives.shelf, batches: Set(batches.map(\.number)), folder: request.folder,
                at: request.at, progress: progress
            ) { try Self.redacted($1, of: $0, in: archive, pseudonym, request) }
        }
    }

    /// For the transaction that puts them in the old ones' places.
    var rewritten: [RewrittenArchive] { rewritings.map(\.rewritten) }
    var paths: [String] { rewritings.map(\.path) }

    /// Gives them their names, durably.
    func publish() throws { for rewriting in rewritings { try rewriting.publish() } }

    /// Throws `archiveGone` unless each is where it was put.
    func requireInPlace() throws { for rewriting in rewritings { try rewriting.requireInPlace() } }

    /// Takes them away again, unless the database came to need them. Gives what stands in the way.
    func withdraw() -> [String] { rewritings.compactMap { $0.withdraw() } }

    /// Once the database has them: takes the old ones away. Gives those that are gone, and what was in the way.
    func removeOld() -> (removed: [String], unfinished: [String]) {
        let unfinished = rewritings.compactMap { $0.removeOld() }
        return (old.filter { !WholeFile.exists($0) }, unfinished)
    }

    /// A batch's bytes as they are to stand in an archive.
    private static func redacted(
        _ bytes: [UInt8], of number: Int64, in archive: StoredArchive, _ pseudonym: MemberID,
        _ request: MemberForgetting.Request
    ) throws -> [UInt8] {
        guard let arrival = try request.folder.store.arrival(number),
            let form = BatchForm(rawValue: arrival.form)
        else { throw StoreTrouble.damaged("batches", "row \(number)") }
        guard
            let redacted = try BatchRedaction.redacted(bytes, form: form, request.member, as: pseudonym)
        else {
            throw StoreTrouble.damaged(
                "batches", "row \(number)", "\(archive.inWords) has other records of it than are stored")
        }
        return redacted
    }
}
