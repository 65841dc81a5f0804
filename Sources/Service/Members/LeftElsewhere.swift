import Foundation
public import Settlement
import Store

/// Where a forgotten member's id may stand all the same: what is not the data's to change, or is a copy of it.
public struct LeftElsewhere: Sendable {
    /// Copies of the database in the data folder, by path: of before its schema changed, what killed backups left, and
    /// what Litestream keeps there.
    public let copies: [String]
    /// The last backup that `settled backup` left word of; nil where that is from after the id was gone.
    public let backup: (at: Instant, file: String)?
    /// The records in its batches that have the id as a word in another field; nil: a run before has looked.
    public let records: Int64?
    /// The folders that were looked through for it, and the files there that name it.
    public let searched: [String]
    public let files: [String]

    /// `gone` is when the id was replaced; nil: it is in the data still. Throws `misused` for what is no folder, and trouble
    /// with reading.
    init(
        _ member: MemberID, data folder: String, searched: [String], gone: Instant?, records: Int64?,
        _ progress: SimulationProgress
    ) throws(Failure) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        copies = names.filter { name in Self.copyPrefixes.contains { name.hasPrefix($0) } }.sorted()
            .map { folder + "/" + $0 }
        // What cannot be read says nothing; `settled doctor` tells of it.
        let made = ((try? LastBackup(in: folder)) ?? nil)?.made
        let isFromAfter = made.flatMap { made in gone.map { made.at > $0 } } ?? false
        backup = isFromAfter ? nil : made.map { ($0.at, $0.file) }
        self.records = records
        self.searched = searched
        files = try NamingFiles(member).paths(below: searched, progress)
    }

    private static let copyPrefixes = [
        Store.fileName + ".before-", DraftFile.prefix, ".\(Store.fileName)-litestream",
    ]
}

extension LeftElsewhere {
    /// For a person: where, and what to do about it.
    var lines: [String] {
        var lines = ["the id may stand elsewhere, which is not changed:"]
        lines += copies.map { "  \($0): a copy of the database, or a part of it, from before: take it away" }
        lines.append(
            "  backups from before, and Litestream's copies: take them away when they are not needed any more"
                + (backup.map { "; the last is \($0.file) of \(Self.time($0.at))" } ?? ""))
        lines.append("  DETAILS.csv that merchants fetched or were given, and their own copies of batches")
        lines.append(
            "  what people typed into reasons of bookings and texts of disputes, and copies of archives")
        lines.append(
            "  other fields of its batches, as the ids of records and batches, `ref` and `store`, and exceptions of"
                + " statements that name such a record"
                + (records.map { ": \(Figures.count($0)) records have it there as a word" } ?? ""))
        if searched.isEmpty {
            lines.append(
                "  files in the spool, and where statements are delivered to: --search FOLDER looks for them")
        } else {
            lines += files.map { "  \($0): names it" }
            if files.isEmpty {
                lines.append(
                    "  no file in \(searched.joined(separator: ", ")) names it; packed files were not looked into"
                )
            }
        }
        return lines
    }

    private static func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: 0, milliseconds: false)
    }

    /// For a script.
    func write(to json: inout CanonicalJSON) {
        json.member("elsewhere") { json in
            json.member("copies", array: copies) { $0.string($1) }
            json.member("last_backup", orNull: backup?.file)
            json.name("records")
            if let records { json.integer(records) } else { json.null() }
            json.member("searched", array: searched) { $0.string($1) }
            json.member("files", array: files) { $0.string($1) }
        }
    }
}
