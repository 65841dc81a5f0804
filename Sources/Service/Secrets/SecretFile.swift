import Foundation

/// Files that only their owner may read.
public enum SecretFile {
    /// Creates a file of mode 0600, whole or not at all; refuses to overwrite unless `replacing`.
    public static func create(_ bytes: [UInt8], at path: String, replacing: Bool = false) throws(Failure) {
        try WholeFile.write(bytes, to: path, mode: 0o600, replacing: replacing)
    }

    /// Reads a file that no one but its owner may read, write or run, up to 64 KiB.
    ///
    /// Refuses any other file: a secret that others can read is none.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .misused(path, "is not a file, expected a file that holds a secret")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw .refused(
                path, "others than its owner may use it, expected mode 600, found \(mode)",
                hint: "chmod 600 '\(path)', and think of who has read it so far")
        }
        return try file.readAll(limit: 1 << 16, expected: Int(status.st_size))
    }
}
