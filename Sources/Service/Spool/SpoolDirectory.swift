import Foundation

/// An open folder of the spool. Everything in it is reached from here by its name alone, and no symbolic link
/// is ever followed: whoever may write to the folder leads nobody out of it.
final class SpoolDirectory: Sendable {
    let descriptor: Int32
    let path: String

    /// The spool itself, a path that the operator names; made when it is not there.
    init(root path: String) throws(Failure) {
        let isNew = mkdir(path, 0o755) == 0
        guard isNew || errno == EEXIST else { throw .fromSystem(path, "create the spool") }
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fromSystem(path, "open the spool") }
        if isNew { Self.allow(0o755, descriptor) }
    }

    /// A folder in another one, made when it is not there; a symbolic link is trouble.
    init(_ name: String, in parent: SpoolDirectory) throws(Failure) {
        path = parent.path + "/" + name
        let isNew = mkdirat(parent.descriptor, name, 0o770) == 0
        guard isNew || errno == EEXIST else { throw .fromSystem(path, "create the folder") }
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ELOOP || errno == ENOTDIR else { throw .fromSystem(path, "open the folder") }
            throw .trouble(
                path, "is a link or a file, expected a folder", hint: "put a folder in its place")
        }
        if isNew { Self.allow(0o770, descriptor) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Gives these rights, whatever the process's mask: what the daemon makes here is for others to use. Where that
    /// is not allowed it stays as it is.
    private static func allow(_ mode: mode_t, _ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        _ = fchmod(descriptor, status.st_mode & 0o7777 | mode)
    }

    /// The names in it, in order; `.` and `..` left out.
    func names() throws(Failure) -> [SpoolName] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .fromSystem(path, "list it") }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw .fromSystem(path, "list it")
        }
        defer { closedir(stream) }
        var names: [SpoolName] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes != [0x2e] && bytes != [0x2e, 0x2e] { names.append(SpoolName(bytes)) }
        }
        guard errno == 0 else { throw .fromSystem(path, "list it") }
        return names.sorted()
    }

    /// What has this name, a link itself and not what it leads to; nil: nothing.
    func status(_ name: SpoolName) throws(Failure) -> stat? {
        var status = stat()
        let result = name.withCString { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        if result == 0 { return status }
        guard errno == ENOENT else { throw .fromSystem(place(name), "look at it") }
        return nil
    }

    func exists(_ name: SpoolName) throws(Failure) -> Bool { try status(name) != nil }

    /// All bytes of a regular file; nil for anything else, and for one of more than `limit` bytes. Never waits:
    /// not for a writer of a pipe, nor for a device.
    func read(_ name: SpoolName, limit: Int) throws(Failure) -> [UInt8]? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let number = name.withCString { openat(descriptor, $0, flags) }
        guard number >= 0 else {
            if errno == ELOOP || errno == ENXIO || errno == ENOENT { return nil }
            throw .fromSystem(place(name), "read it")
        }
        let file = Descriptor(number, path: place(name))
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) <= limit else { return nil }
        do throws(Failure) {
            return try file.readAll(limit: limit, expected: Int(status.st_size))
        } catch {
            // It grew while it was read.
            guard error.kind != .refused else { return nil }
            throw error
        }
    }

    func place(_ name: SpoolName) -> String { path + "/" + name.text }
}

/// Changing it.
extension SpoolDirectory {
    /// Writes a file that appears whole or not at all, and outlives a power cut once the folder is
    /// synchronized. One that is there is replaced.
    func write(_ bytes: [UInt8], to name: SpoolName) throws(Failure) {
        let draft = SpoolName(".settled-" + SecureRandom.hexDigits(16) + ".tmp")
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = draft.withCString { openat(descriptor, $0, flags, 0o640) }
        guard number >= 0 else { throw .fromSystem(place(name), "create it") }
        do throws(Failure) {
            let file = Descriptor(number, path: place(name))
            Self.allow(0o640, number)
            try file.writeAll(bytes)
            try file.synchronize()
            try move(draft, to: self, as: name)
        } catch {
            _ = draft.withCString { unlinkat(descriptor, $0, 0) }
            throw error
        }
    }

    /// Gives a file another name, a link its own and not that of what it leads to.
    func move(_ name: SpoolName, to other: SpoolDirectory, as newName: SpoolName) throws(Failure) {
        let result = name.withCString { old in
            newName.withCString { renameat(descriptor, old, other.descriptor, $0) }
        }
        guard result == 0 else {
            throw .fromSystem(place(name), "move it to \(other.place(newName))")
        }
    }

    /// Waits until names given and taken in it would survive a power cut.
    func synchronize() throws(Failure) {
        guard fsync(descriptor) == 0 else { throw .fromSystem(path, "make it durable") }
    }
}
