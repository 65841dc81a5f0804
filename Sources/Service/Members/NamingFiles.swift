import Foundation
import Settlement

/// Looks for files that name a member in folders which are others' as much as ours, as the spool: they are told of, and
/// stay as they are. Packed files are not looked into.
struct NamingFiles {
    private let name: [UInt8]
    private let member: MemberID

    init(_ member: MemberID) {
        self.member = member
        name = Array(member.text.utf8)
    }

    /// The files in these folders and below that name it, by path; links are not followed. Throws `misused` for what is
    /// no folder, and trouble with reading.
    func paths(
        below folders: [String], _ progress: SimulationProgress = .silent
    ) throws(Failure) -> [String] {
        var found: [String] = []
        for folder in folders {
            for path in try Self.files(below: folder) {
                progress.show("looking into \(path)")
                do throws(Failure) {
                    if try isNamed(in: path) { found.append(path) }
                } catch {
                    // In a spool files move on while they are looked for.
                    guard !WholeFile.exists(path) else { throw error }
                }
            }
        }
        return found
    }

    /// Whether a file names it: a batch by any of its records, whatever else by a word.
    func isNamed(in path: String) throws(Failure) -> Bool {
        let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW, attempt: "read it")
        let size = try file.status().st_size
        if let form = SpoolName(path).form, size <= ArchiveIndex.mostBytes {
            return isNamed(in: try file.readAll(limit: .max, expected: Int(size)), form)
        }
        var seen = Self.gap
        while let piece = try file.readPiece(1 << 20) {
            seen += piece
            if hasWord(seen) { return true }
            seen.removeFirst(max(0, seen.count - name.count - 1))
        }
        return hasWord(seen + Self.gap)
    }

    /// Escapes in JSON are understood, which a look at words would pass over.
    private func isNamed(in bytes: [UInt8], _ form: BatchForm) -> Bool {
        do throws(BatchRefusal) {
            let redacted = try BatchRedaction.redacted(bytes, form: form) {
                $0.elementsEqual(name) ? member : nil
            }
            return redacted != nil
        } catch {
            return hasWord(Self.gap + bytes + Self.gap)
        }
    }

    /// Whether a text says it: as a word or, from four characters on, as any part of one, in capitals or not.
    func isSaid(in text: String) -> Bool {
        guard name.count >= 4 else { return hasWord(text) }
        return Array(text.lowercased().utf8).firstRange(of: Array(member.text.lowercased().utf8)) != nil
    }

    /// Whether another field of a record than its member has it as a word.
    func isMentioned(in record: Settlement.Record) -> Bool {
        hasWord(record.id.text)
            || [record.ref?.text, record.store?.text, record.campaign?.text, record.item?.text].contains {
                $0.map(hasWord) ?? false
            }
    }

    private func hasWord(_ text: String) -> Bool { hasWord(Self.gap + text.utf8 + Self.gap) }

    private static let gap: [UInt8] = [0x20]

    /// Whether it stands between two bytes that do not go on with a word.
    private func hasWord(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let place = rest.firstRange(of: name) {
            if place.lowerBound > 0, place.upperBound < bytes.count,
                !Self.goesOn(bytes[place.lowerBound - 1]), !Self.goesOn(bytes[place.upperBound])
            {
                return true
            }
            rest = bytes[(place.lowerBound + 1)...]
        }
        return false
    }

    /// A letter, a digit, or a part of a character that is no ASCII.
    private static func goesOn(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
            true
        default: false
        }
    }

    private static func files(below folder: String) throws(Failure) -> [String] {
        guard FolderCheck.isFolder(folder) else {
            throw .misused(folder, "is no folder, expected one in which files are to be looked for")
        }
        guard let all = FileManager.default.enumerator(atPath: folder) else {
            throw .trouble(folder, "cannot be read")
        }
        return all.compactMap { $0 as? String }.map { folder + "/" + $0 }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }.sorted()
    }
}
