import Settlement
import Signing
import Store

/// The steps of forgetting a member, in their order. Before `replace` ends nothing has changed; what `finish` does can be
/// done again at any time.
struct ForgettingRun {
    /// What names the member.
    struct Found {
        let counts: ForgottenCounts
        /// Its batches that archives have, each with its archive.
        let archived: [(number: Int64, archive: StoredArchive)]
        /// The records in its batches that have the id as a word in another field, where it stays.
        let mentions: Int64
    }

    let pseudonym: MemberID
    let earlier: ForgottenMember?
    private let request: MemberForgetting.Request
    private let secret: Int
    private let archives: ForgettingArchives
    private let progress: SimulationProgress

    private var store: Store { request.folder.store }
    /// The names of archives in whose folders nothing is looked for.
    var absentArchives: [String] { archives.absent }

    /// Throws `memberForgotten` where the id is a pseudonym, and `RetentionRefusal` for archives.
    init(_ request: MemberForgetting.Request, _ progress: SimulationProgress) throws {
        let (folder, member) = (request.folder, request.member)
        let forgotten = try ForgottenIDs(folder.store, folder.master)
        if let known = forgotten.member(called: member) {
            throw ForgettingRefusal(
                .memberForgotten,
                "\(known.pseudonym) is a pseudonym: who bears it was forgotten on \(known.at)")
        }
        earlier = forgotten.member(member)
        secret = earlier?.secret ?? request.secret ?? folder.keyVersion
        pseudonym = earlier?.pseudonym ?? folder.master.pseudonym(of: member, secret: secret)
        archives = try ForgettingArchives(request)
        self.request = request
        self.progress = progress
    }

    /// Looks for what names the member; nil where it was forgotten and nothing does. Throws `ForgettingRefusal`, and
    /// `archiveMissing` with all archives that have to be named.
    func find() throws -> Found? {
        progress.show("looking for what names the member")
        do {
            let (batches, unread) = try store.batches(naming: request.member, archived: archives.bytes)
            let archived = batches.compactMap { batch in batch.archive.map { (batch.number, $0) } }
            // Of one that was forgotten its batches bear the pseudonym: other lines were looked through then.
            if earlier == nil || !batches.isEmpty {
                try archives.require(unread + archived.map(\.1))
            }
            let counts = try store.forget(forgetting(Self.counted(archived)), seal: nil) { progress.show($0) }
            return Found(counts: counts, archived: archived, mentions: try mentions(in: batches))
        } catch let refusal as ForgettingRefusal where earlier != nil && Self.isNothing(refusal.code) {
            return nil
        }
    }

    /// To count, only which batches archives have is looked at.
    private static func counted(
        _ batches: [(number: Int64, archive: StoredArchive)]
    ) -> [RewrittenArchive] {
        Dictionary(grouping: batches) { $0.archive }.map { archive, batches in
            RewrittenArchive(
                number: archive.number, digest: archive.digest, name: archive.name,
                batches: Dictionary(batches.map { ($0.number, (archive.digest, 0)) }) { first, _ in first })
        }
    }

    private func mentions(in batches: [(number: Int64, archive: StoredArchive?)]) throws -> Int64 {
        progress.show("looking into other fields of the records in its batches")
        let naming = NamingFiles(request.member)
        var count: Int64 = 0
        for (number, archive) in batches {
            let (bytes, form) = try archives.batch(number, in: archive)
            do throws(BatchRefusal) {
                try BatchContent.forEach(in: bytes, form: form) {
                    if naming.isMentioned(in: $0.record) { count += 1 }
                }
            } catch {
                throw StoreTrouble.damaged("batches", "row \(number)", "its bytes are those of no batch")
            }
        }
        return count
    }

    private static func isNothing(_ code: ForgettingRefusal.Code) -> Bool {
        switch code {
        case .memberUnknown, .memberForgotten: true
        case .closeBegun, .pseudonymTaken: false
        }
    }

    /// Writes the archives anew, and replaces the id. Throws as `Store.forget`; then all is as it was.
    func replace(_ found: Found) throws -> (counts: ForgottenCounts, archives: RewrittenArchives) {
        let anew = try RewrittenArchives(found.archived, of: archives, to: pseudonym, request, progress)
        do {
            try anew.publish()
            let signer = request.folder.signer
            let seal: (RedactionNotice) throws -> SealedDocument = { notice in
                try anew.requireInPlace()
                return signer.seal(notice.bytes, for: notice.merchant.text)
            }
            let counts = try store.forget(forgetting(anew.rewritten), seal: seal) { progress.show($0) }
            return (counts, anew)
        } catch {
            throw Self.failure(error, leaving: anew.withdraw())
        }
    }

    /// What went wrong, and what of the new archives is there all the same.
    static func failure(_ error: any Error, leaving left: [String]) -> any Error {
        guard !left.isEmpty else { return error }
        let failure = Failure(error, place: "forget")
        let problem = ([failure.problem] + left).joined(separator: "; ")
        return Failure(failure.kind, failure.place, problem, hint: failure.hint)
    }

    /// Takes away what holds old bytes: archives, and free pages of the database. Gives the files that are gone, and what
    /// could not be done.
    func finish(_ anew: RewrittenArchives?) -> (removed: [String], unfinished: [String]) {
        var (removed, unfinished) = anew?.removeOld() ?? ([], [])
        let leftovers = archives.removeLeftovers(besides: anew?.old ?? [], progress)
        removed += leftovers.removed
        unfinished += leftovers.unfinished
        progress.show("writing the database anew, without what was taken out of it")
        do { try store.scrub() } catch {
            unfinished.append(
                "the file of the database still has old bytes in free pages: "
                    + Failure(error, place: store.path).description)
        }
        return (removed, unfinished)
    }

    private func forgetting(_ archives: [RewrittenArchive]) -> Forgetting {
        Forgetting(
            member: request.member, pseudonym: pseudonym, secret: secret, at: request.at,
            person: request.person.text, reason: request.reason, archives: archives)
    }
}
