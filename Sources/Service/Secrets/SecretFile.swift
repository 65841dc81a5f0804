import Foundation
public import Signing

/// Files that only their owner may read.
public enum SecretFile {
    /// Creates a file of mode 0600, whole or not at all; refuses to overwrite unless `replacing`.
    public static func create(_ bytes: [UInt8], at path: String, replacing: Bool = false) throws(Failure) {
        try WholeFile.write(bytes, to: path, mode: 0o600, replacing: replacing)
    }

    /// Reads a file that no one but its owner may read, write or run, up to 64 KiB; what was read is nowhere else in
    /// memory.
    ///
    /// `groupMayRead`: of a folder that the service manager made for this service alone, where the group's bit is
    /// how it lets the service's account in. Refuses any other file: a secret that others can read is none.
    public static func read(_ path: String, groupMayRead: Bool = false) throws(Failure) -> SecretBytes {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .misused(path, "is not a file, expected a file that holds a secret")
        }
        guard status.st_mode & (groupMayRead ? 0o037 : 0o077) == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw .refused(
                path, "others than its owner may use it, expected mode 600, found \(mode)",
                hint: "chmod 600 '\(path)', and think of who has read it so far")
        }
        guard status.st_size <= limit else {
            throw .refused(path, "is too large, expected at most \(limit) bytes")
        }
        return try SecretBytes(count: Int(status.st_size)) { (memory) throws(Failure) in
            try file.readAll(into: memory)
        }
    }

    private static let limit = 1 << 16
}
