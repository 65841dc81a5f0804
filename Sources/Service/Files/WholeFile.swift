public import Foundation

/// Files that appear whole or not at all, and are read whole.
public enum WholeFile {
    /// The most that is read of a file when nothing else is said: 1 GiB.
    public static let limit = 1 << 30

    /// All bytes of a file; throws `misused` when it is not there, `refused` beyond `limit` bytes.
    public static func read(_ path: String, limit: Int = limit) throws(Failure) -> [UInt8] {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let status = try file.status()
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .misused(path, "is a folder, expected a file")
        }
        return try file.readAll(limit: limit, expected: Int(status.st_size))
    }

    /// All of a file as text; throws `refused` when it is not UTF-8.
    public static func readText(_ path: String, limit: Int = limit) throws(Failure) -> String {
        let bytes = try read(path, limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .refused(path, "is not UTF-8 text")
        }
        return text
    }

    /// Writes a file so that at any moment, power cuts included, either all of it is there or none of it.
    ///
    /// The bytes go to a hidden neighbour, are made durable, and take the name in one step. Without `replacing` a
    /// file that is already there is left alone and refused. `ownedAs`: what root writes belongs to whom this file or
    /// folder belongs, who may be the one that reads it, and has the mode whatever root's umask is. `draft`: what the
    /// neighbour's name begins with, and a kill leaves behind.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o644, replacing: Bool = true,
        ownedAs owned: String? = nil, draft prefix: String = ".settled-"
    ) throws(Failure) {
        let folder = folderName(of: path)
        let draft = folder + "/" + prefix + SecureRandom.hexDigits(16) + ".tmp"
        do throws(Failure) {
            let file = try Descriptor(
                opening: draft, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode,
                attempt: "create a file beside \(path)")
            if let owned { try giveToOwner(of: owned, file, mode) }
            try file.writeAll(bytes)
            try file.synchronize()
            try name(draft, path, replacing: replacing)
        } catch {
            unlink(draft)
            throw error
        }
        try synchronizeFolder(folder)
    }

    private static func giveToOwner(
        of path: String, _ file: borrowing Descriptor, _ mode: mode_t
    ) throws(Failure) {
        guard fchmod(file.number, mode) == 0 else { throw .fromSystem(file.path, "give it its mode") }
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0 else { return }
        guard fchown(file.number, status.st_uid, status.st_gid) == 0 else {
            throw .fromSystem(path, "keep its owner")
        }
    }

    /// Gives a draft in the same folder, which is on the disk already, its name, for good. Throws `refused` where
    /// something has that name; the draft then stays.
    static func publish(_ draft: String, as path: String) throws(Failure) {
        try name(draft, path, replacing: false)
        try synchronizeFolder(folderName(of: path))
    }

    /// Whether anything, a dangling link included, has this name.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func name(_ draft: String, _ path: String, replacing: Bool) throws(Failure) {
        if replacing {
            guard rename(draft, path) == 0 else { throw .fromSystem(path, "write it") }
            return
        }
        try NewName.give(path, to: draft)
    }

    /// Waits until names given and taken in a folder would survive a power cut.
    static func synchronizeFolder(_ folder: String) throws(Failure) {
        let descriptor = try Descriptor(
            opening: folder, flags: O_RDONLY | O_DIRECTORY, attempt: "open the folder")
        try descriptor.synchronize()
    }
}

/// The folder a path names an entry of; `.` when it names none.
func folderName(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Creates one folder, not its parents; one that is there stays as it is.
func createFolder(_ path: String, mode: mode_t) throws(Failure) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .fromSystem(path, "create the folder") }
    var status = stat()
    guard stat(path, &status) == 0 else { throw .fromSystem(path, "look at the folder") }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .misused(path, "is a file, expected a folder") }
}
