import Foundation
import Settlement

/// What `settled backup` leaves behind in the data folder: which backup of this database was made last, and whether a
/// try after it failed.
///
/// A file of its own: a backup only reads the database, and one that is restored is not to bring along what was true
/// when it was made.
struct LastBackup: Hashable {
    static let name = "backup.last"

    /// A backup that was made.
    struct Made: Hashable {
        let at: Instant
        /// Where it was put, as whoever made it sees the file system.
        let file: String
        /// How long the file was then.
        let bytes: Int64
        /// How many of its names were to stay; nil: all.
        let keep: Int?
    }

    /// A try that made none.
    struct Failed: Hashable {
        let at: Instant
        let problem: String
    }

    /// Nil: none yet.
    let made: Made?
    /// The last try, if it failed.
    let failed: Failed?
}

extension LastBackup {
    /// What stands in a data folder; nil: nobody ever tried there. Throws `refused` for a file that is not as it was
    /// written, and trouble with reading.
    init?(in folder: String) throws(Failure) {
        let path = Self.path(in: folder)
        guard WholeFile.exists(path) else { return nil }
        let bytes = try WholeFile.read(path, limit: 1 << 16)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let written = try? decoder.decode(Written.self, from: Data(bytes)),
            let last = LastBackup(written)
        else {
            throw .refused(
                path, "does not say what `settled backup` says there",
                hint: "take it away; the next backup writes it anew")
        }
        self = last
    }

    /// Notes a backup, in place of what was there.
    static func note(_ backup: Backup, keep: Int?, at instant: Instant, in folder: String) throws(Failure) {
        let made = Made(
            at: instant, file: URL(fileURLWithPath: backup.path).standardizedFileURL.path,
            bytes: backup.fileBytes, keep: keep)
        try LastBackup(made: made, failed: nil).write(in: folder)
    }

    /// Notes that none was made; the last one stays noted.
    static func note(_ failure: Failure, at instant: Instant, in folder: String) throws(Failure) {
        // Of a file that nobody can read nothing is known.
        let made = (try? LastBackup(in: folder))?.made
        let problem = "\(failure.place): \(failure.problem)"
        try LastBackup(made: made, failed: Failed(at: instant, problem: problem)).write(in: folder)
    }

    private static func path(in folder: String) -> String { folder + "/" + name }

    /// For the folder's owner, who else may look into it: nothing in it is secret, and the daemon reads what root
    /// wrote.
    private func write(in folder: String) throws(Failure) {
        var json = CanonicalJSON()
        json.object { object in
            if let made {
                object.member("made") { object in
                    object.member("at", made.at.description)
                    object.member("file", made.file)
                    object.member("bytes", made.bytes)
                    object.member("keep", ifPresent: made.keep.map { Int64($0) })
                }
            }
            if let failed {
                object.member("failed") { object in
                    object.member("at", failed.at.description)
                    object.member("problem", failed.problem)
                }
            }
        }
        try WholeFile.write(
            json.bytes + [UInt8(ascii: "\n")], to: Self.path(in: folder), mode: 0o644, ownedAs: folder)
    }

    private init?(_ written: Written) {
        if let made = written.made {
            guard let at = Instant(rfc3339: made.at) else { return nil }
            self.made = Made(at: at, file: made.file, bytes: made.bytes, keep: made.keep)
        } else {
            made = nil
        }
        if let failed = written.failed {
            guard let at = Instant(rfc3339: failed.at) else { return nil }
            self.failed = Failed(at: at, problem: failed.problem)
        } else {
            failed = nil
        }
    }

    /// As it stands in the file.
    private struct Written: Decodable {
        struct Made: Decodable {
            let at: String
            let file: String
            let bytes: Int64
            let keep: Int?
        }

        struct Failed: Decodable {
            let at: String
            let problem: String
        }

        let made: Made?
        let failed: Failed?
    }
}

extension Backup {
    /// Makes one and notes in the data folder that it is there, or that it could not be made; `untold` gets what
    /// keeps that from being noted, which keeps no backup from being made. Throws as `init`.
    public static func noted(
        _ request: Request, progress: SimulationProgress = .silent, untold: (Failure) -> Void
    ) throws -> Backup {
        let folder = request.data.path
        do {
            let backup = try Backup(request, progress: progress)
            do throws(Failure) {
                try LastBackup.note(backup, keep: request.keep, at: request.at, in: folder)
            } catch { untold(error) }
            return backup
        } catch {
            let failure = error as? Failure ?? Failure(error, place: folder)
            // What was asked wrongly was no try.
            guard failure.kind != .misused else { throw error }
            do throws(Failure) { try LastBackup.note(failure, at: request.at, in: folder) } catch {
                untold(error)
            }
            throw failure
        }
    }
}
