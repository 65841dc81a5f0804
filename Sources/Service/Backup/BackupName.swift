import Foundation
import Settlement

/// Names of backups that differ by their date alone: one is made anew, and old ones are known by it.
struct BackupName: Hashable {
    let folder: String
    /// What stands before the date and behind it, but for `.zst`.
    private let prefix: String
    private let suffix: String

    /// Stands for the date in a name.
    static let placeholder = "{date}"
    private static let packed = ".zst"

    /// The backups of an alliance in a folder: `settled-ALLIANCE-20261129T175243Z.sqlite`.
    init(in folder: String, of alliance: AllianceID) {
        self.folder = folder
        // An id may hold what no file name may.
        let id = alliance.text.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_"
        }
        prefix = "settled-" + String(id) + "-"
        suffix = ".sqlite"
    }

    /// Nil for a path whose last part has no `{date}`.
    init?(path: String) {
        folder = folderName(of: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let place = name.range(of: Self.placeholder) else { return nil }
        prefix = String(name[..<place.lowerBound])
        let rest = String(name[place.upperBound...])
        suffix = rest.hasSuffix(Self.packed) ? String(rest.dropLast(Self.packed.count)) : rest
    }

    /// The path of one that is made now; the name says whether it is packed.
    func path(at instant: Instant, isPacked: Bool) -> String {
        folder + "/" + prefix + Self.date(instant) + suffix + (isPacked ? Self.packed : "")
    }

    /// The paths of those that are there, the oldest first, and of when each is.
    func present() throws(Failure) -> [(path: String, at: Instant)] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .trouble(folder, "cannot be read", hint: "see that the folder is there, and whose it is")
        }
        return names.compactMap { name in instant(of: name).map { (path: folder + "/" + name, at: $0) } }
            .sorted { ($0.at, $0.path) < ($1.at, $1.path) }
    }

    /// Takes away all but the last `count`; gives the paths of those that are gone.
    func prune(keeping count: Int) throws(Failure) -> [String] {
        let old = try present().dropLast(count).map(\.path)
        for path in old {
            guard unlink(path) == 0 || errno == ENOENT else { throw .fromSystem(path, "take it away") }
        }
        return old
    }

    private func instant(of name: String) -> Instant? {
        let plain = name.hasSuffix(Self.packed) ? name.dropLast(Self.packed.count) : name[...]
        guard plain.hasPrefix(prefix), plain.hasSuffix(suffix),
            plain.count == prefix.count + suffix.count + Self.dateLength
        else { return nil }
        let date = Array(plain.dropFirst(prefix.count).dropLast(suffix.count))
        func part(_ range: Range<Int>) -> String { String(date[range]) }
        guard date[8] == "T", date[15] == "Z" else { return nil }
        return Instant(
            rfc3339: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T"
                + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }

    /// `20261129T175243Z`.
    private static func date(_ instant: Instant) -> String {
        let text = instant.text(offsetSeconds: 0, milliseconds: false)
        return text.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static let dateLength = 16
}
