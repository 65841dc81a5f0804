import Foundation

/// An open folder of the spool. Everything in it is reached from here by its name alone, and no symbolic link
/// is ever followed: whoever may write to the folder leads nobody out of it.
final class SpoolDirectory: Sendable {
    let descriptor: Int32
    let path: String
    /// Of the whole spool.
    let withheld: WithheldRights

    /// The spool itself, a path that the operator names; made when it is not there.
    init(root path: String) throws(Failure) {
        let isNew = mkdir(path, 0o755) == 0
        guard isNew || errno == EEXIST else { throw .fromSystem(path, "create the spool") }
        self.path = path
        withheld = WithheldRights()
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fromSystem(path, "open the spool") }
        if isNew, !Self.allow(0o755, descriptor) { withheld.note(path) }
    }

    /// A folder in another one, made when it is not there; a symbolic link is trouble.
    init(_ name: String, in parent: SpoolDirectory) throws(Failure) {
        path = parent.path + "/" + name
        withheld = parent.withheld
        let isNew = mkdirat(parent.descriptor, name, 0o770) == 0
        guard isNew || errno == EEXIST else { throw .fromSystem(path, "create the folder") }
        descriptor = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ELOOP || errno == ENOTDIR else { throw .fromSystem(path, "open the folder") }
            throw .trouble(
                path, "is a link or a file, expected a folder", hint: "put a folder in its place")
        }
        if isNew, !Self.allow(0o770, descriptor) { withheld.note(path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Keeps it for this process as long as it is open: two daemons would move files away under each other's hands.
    func lock() throws(Failure) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .fromSystem(path, "lock the spool") }
            throw .trouble(
                path, "another daemon looks after this spool",
                hint: "give each daemon a folder of its own, or stop the other one")
        }
    }

    /// Gives these rights, whatever the process's mask: what the daemon makes here is for others to use. Gives whether
    /// the group has them now.
    ///
    /// A folder keeps the setgid bit that it has of the one above, unless the service manager forbids calls that bear
    /// it: then it goes, for the rights' sake. What has the rights already is not touched, and so keeps it.
    static func allow(_ mode: mode_t, _ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        if status.st_mode & mode == mode { return true }
        if fchmod(descriptor, status.st_mode & 0o7777 | mode) != 0, errno == EPERM {
            _ = fchmod(descriptor, status.st_mode & 0o777 | mode)
        }
        guard fstat(descriptor, &status) == 0 else { return false }
        return status.st_mode & mode & 0o070 == mode & 0o070
    }

    /// The first `most` names behind `last` that are wanted, in their order, and whether there are more. However
    /// many there are, twice as many are held at most.
    func names(
        after last: SpoolName? = nil, most: Int = .max / 2,
        where isWanted: (SpoolName) -> Bool = { _ in true }
    ) throws(Failure) -> (names: [SpoolName], isAll: Bool) {
        var names: [SpoolName] = []
        var isAll = true
        try forEachName { name in
            guard last.map({ $0 < name }) ?? true, isWanted(name) else { return }
            names.append(name)
            guard names.count >= 2 * most else { return }
            names.sort()
            names.removeSubrange(most...)
            isAll = false
        }
        names.sort()
        if names.count > most {
            names.removeSubrange(most...)
            isAll = false
        }
        return (names, isAll)
    }

    /// Calls `body` with every name in it but `.` and `..`.
    private func forEachName(_ body: (SpoolName) -> Void) throws(Failure) {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .fromSystem(path, "list it") }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw .fromSystem(path, "list it")
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes != [0x2e] && bytes != [0x2e, 0x2e] { body(SpoolName(bytes)) }
        }
        guard errno == 0 else { throw .fromSystem(path, "list it") }
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

    func place(_ name: SpoolName) -> String { path + "/" + name.text }
}
