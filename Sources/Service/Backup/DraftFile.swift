import Foundation

/// A database or an archive on its way to a name: a hidden file in the same folder, gone with this unless it is published.
final class DraftFile {
    let path: String

    static let prefix = ".settled-backup-"
    private static let suffix = ".tmp"
    /// Nothing takes so long: what is older, a kill left.
    private static let staleSeconds = 86_400.0

    /// Names one in the folder of `target`, and takes away what killed ones left there.
    init(beside target: String) {
        let folder = folderName(of: target)
        path = folder + "/" + Self.prefix + SecureRandom.hexDigits(16) + Self.suffix
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(Self.prefix) {
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0,
                Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > Self.staleSeconds
            else { continue }
            unlink(folder + "/" + name)
        }
    }

    deinit { for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) } }

    /// Where this process is root's: gives it to whom the folder belongs, who could not open what is root's alone.
    func giveToFoldersOwner() throws(Failure) { try giveToOwner(of: folderName(of: path)) }

    /// Where this process is root's: gives it to whom another file or a folder belongs.
    func giveToOwner(of other: String) throws(Failure) {
        guard geteuid() == 0 else { return }
        let owned = try Descriptor(opening: other, flags: O_RDONLY, attempt: "look whose it is").status()
        let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW, attempt: "give it away")
        guard fchown(file.number, owned.st_uid, owned.st_gid) == 0 else {
            throw .fromSystem(path, "give it to the owner of \(other)")
        }
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
