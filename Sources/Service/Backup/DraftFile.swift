import Foundation

/// A database or an archive on its way to a name: a hidden file in the same folder, gone with this unless it is published.
final class DraftFile {
    let path: String

    static let prefix = ".settled-backup-"
    private static let suffix = ".tmp"
    private static let digits = 16
    /// Nothing takes so long: what is older, a kill left.
    private static let staleSeconds = 86_400.0

    /// Names one in the folder of `target`, and takes away what killed ones left there.
    init(beside target: String) {
        let folder = folderName(of: target)
        path = folder + "/" + Self.prefix + SecureRandom.hexDigits(Self.digits) + Self.suffix
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(Self.prefix) {
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0,
                Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > Self.staleSeconds
            else { continue }
            unlink(folder + "/" + name)
        }
    }

    deinit { for end in Self.endings { unlink(path + end) } }

    /// What SQLite lays beside one.
    private static let endings = ["", "-wal", "-shm", "-journal"]

    /// The drafts in a folder and what SQLite laid beside them, of whatever age, by path; those that are still being
    /// written too.
    static func paths(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter { name in
            endings.contains { end in
                name.hasPrefix(prefix) && name.hasSuffix(suffix + end)
                    && name.count == prefix.count + digits + suffix.count + end.count
                    && name.dropFirst(prefix.count).prefix(digits).allSatisfy(isDigit)
            }
        }.map { folder + "/" + $0 }
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || ("a"..."f").contains(character)
    }

    /// Where this process is root's: gives it to whom the folder belongs, who could not open what is root's alone.
    func giveToFoldersOwner() throws(Failure) { try giveToOwner(of: folderName(of: path)) }

    /// Where this process is root's: gives it to whom another file or a folder belongs.
    func giveToOwner(of other: String) throws(Failure) {
        guard geteuid() == 0 else { return }
        let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW, attempt: "give it away")
        try file.giveToOwner(of: other)
        try file.synchronize()
    }

    /// Gives it its name, durably. Throws `refused` where something has that name.
    func publish(as target: String) throws(Failure) {
        try WholeFile.publish(path, as: target)
    }

    /// The size of the file, in bytes.
    func byteCount() throws(Failure) -> Int64 {
        Int64(try Descriptor(opening: path, flags: O_RDONLY, attempt: "look at it").status().st_size)
    }
}
