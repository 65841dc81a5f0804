import Foundation
public import Settlement
import Signing
public import Store

/// A member's id replaced by its pseudonym in all that the data holds: in the database, by one transaction, and in the
/// archives whose batches name it.
///
/// A kill at any moment leaves all as it was, or all of it done but for what holds old bytes: archives in whose place new
/// ones stand, and free pages of the database. Done again, of a member who was forgotten, it does what is left.
public struct MemberForgetting: Sendable {
    /// What is asked for.
    public struct Request: Sendable {
        public let folder: OpenFolder
        /// By its id or, where the data does not know of it being forgotten, by the pseudonym that it got elsewhere.
        public private(set) var member: MemberID
        /// The version of the master secret that its pseudonym is made by; nil: the one in use.
        private(set) var secret: Int?
        /// Who has it done.
        public let person: PersonName
        /// Why: 1 … 200 bytes on one line. Neither may name the member: both stay.
        public let reason: String
        /// Archives, or folders in which they are.
        public let archives: [String]
        /// Folders in which files are looked for that name the member; those stay as they are.
        public let searched: [String]
        /// Only to say what would be changed; a daemon may serve the data meanwhile.
        public let isDryRun: Bool
        public let at: Instant

        public init(
            folder: OpenFolder, member: MemberID, person: PersonName, reason: String, archives: [String] = [],
            searched: [String] = [], isDryRun: Bool = false, at: Instant
        ) {
            self.folder = folder
            self.member = member
            self.person = person
            self.reason = reason
            self.archives = archives
            self.searched = searched
            self.isDryRun = isDryRun
            self.at = at
        }

        /// The same of another member.
        func of(_ member: MemberID, pseudonymBy secret: Int) -> Self {
            var other = self
            (other.member, other.secret) = (member, secret)
            return other
        }
    }

    /// What the member is called from now on.
    public let pseudonym: MemberID
    /// How it was forgotten before; nil: it was not.
    public let earlier: ForgottenMember?
    public let isDryRun: Bool
    /// What was changed, or would be; nil: nothing was left that named it.
    public let counts: ForgottenCounts?
    /// The files of archives that were written anew, by path.
    public let rewritten: [String]
    /// Those that were taken away, as others stand in their place.
    public let removed: [String]
    /// What is left to be done, and why: it is to be run again.
    public let unfinished: [String]
    /// Done again: the archives, by name, in whose folders nothing was looked for that a run before may have left.
    public let absentArchives: [String]
    public let elsewhere: LeftElsewhere
    let calendar: PeriodCalendar

    /// Does it. Throws `ForgettingRefusal`, `RetentionRefusal` for archives, `misused` for a person or a reason that
    /// names the member and while a daemon serves the data, and trouble of disk and database; nothing is changed then.
    public init(_ asked: Request, progress: SimulationProgress = .silent) throws {
        defer { progress.clear() }
        try asked.requireReason()
        let locks = asked.isDryRun ? nil : try ForgettingLocks(asked.folder.folder.path)
        defer { withExtendedLifetime(locks) {} }
        let request = try asked.finding(progress)
        try request.requireUnnamed()
        let run = try ForgettingRun(request, progress)
        pseudonym = run.pseudonym
        earlier = run.earlier
        isDryRun = request.isDryRun
        calendar = try request.folder.store.schedule().calendar
        let found = try run.find()
        elsewhere = try LeftElsewhere(
            request.member, data: request.folder.folder.path, searched: request.searched,
            gone: found == nil ? earlier?.at : nil, records: found?.mentions, progress)
        absentArchives = found == nil ? run.absentArchives : []
        guard !request.isDryRun else {
            counts = found?.counts
            (rewritten, removed, unfinished) = ([], [], [])
            return
        }
        try ScrubRoom(request.folder.store).require()
        let outcome = try found.map { try run.replace($0) }
        counts = outcome?.counts
        rewritten = outcome?.archives.paths ?? []
        // From here on it is forgotten: what fails is told, and left to the next run.
        (removed, unfinished) = run.finish(outcome?.archives)
    }
}

extension MemberForgetting.Request {
    /// Throws `misused` for a reason that is none.
    fileprivate func requireReason() throws(Failure) {
        guard PrintableText.accepts(reason, bytes: 1...200),
            reason.contains(where: { $0.isLetter || $0.isNumber })
        else {
            throw .misused(
                "--reason", "expected 1 … 200 bytes of printable text with a letter or a digit")
        }
    }

    /// Throws `misused` for a person or a reason that says who is to be forgotten.
    fileprivate func requireUnnamed() throws(Failure) {
        for (option, text) in [("--by", person.text), ("--reason", reason)]
        where NamingFiles(member).isSaid(in: text) {
            throw .misused(option, "names the member, and is kept: say it without the id")
        }
    }
}

/// Keeps the daemon and runs of `settled retain` off while a member is forgotten: what they have read of it would be
/// written again.
private struct ForgettingLocks {
    private let daemon: TokenFile
    private let retention: RetentionLock

    init(_ folder: String) throws {
        daemon = try TokenFile(in: folder)
        try daemon.giveToOwner()
        retention = try RetentionLock(in: folder)
    }
}

/// Room on the disk for the database to be written anew, and for the log meanwhile.
struct ScrubRoom {
    /// In the data folder, and where SQLite puts what it needs for a moment.
    private let places: [(folder: String, needed: Int64)]
    private let free: (String) -> Int64?

    init(_ store: Store, free: @escaping (String) -> Int64? = DiskReserve.freeBytes) {
        let size = store.fileSizes.database
        // Once as a copy that SQLite makes first, and once in the log, before the file has it.
        places = [(store.folder, 2 * size), (Self.temporaryFolder, size)]
        self.free = free
    }

    /// Throws trouble where there is less, as far as that can be told.
    func require() throws(Failure) {
        for (folder, needed) in places {
            guard let found = free(folder), found < needed else { continue }
            throw .trouble(
                folder,
                "\(Figures.count(needed)) bytes have to be free to write the database anew, \(Figures.count(found))"
                    + " are; nothing was changed",
                hint: "make room, or for the copy name another folder by SQLITE_TMPDIR")
        }
    }

    /// Where SQLite puts it: the first of these that it may write to.
    private static var temporaryFolder: String {
        let environment = ProcessInfo.processInfo.environment
        let named = [environment["SQLITE_TMPDIR"], environment["TMPDIR"]].compactMap(\.self)
        return (named + ["/var/tmp", "/usr/tmp", "/tmp"]).first {
            FolderCheck.isFolder($0) && access($0, W_OK | X_OK) == 0
        } ?? "."
    }
}
