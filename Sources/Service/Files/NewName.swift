import Foundation

/// renameat(2) that fails with EEXIST rather than replace what has the new name.
///
/// Swift's module of the C library leaves renameat2(2) out, so it is asked for by name. Where there is none, and on a
/// file system that cannot do it, the file gets the new name as a second one, which never replaces anything, and then
/// loses the old one. A file system without second names, as FAT, and without that rename, as some that are served by
/// programs, can do neither: it fails with EOPNOTSUPP then. Nothing is ever replaced.
enum NewName {
    typealias Call = (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>) -> Int32

    /// What the system offers.
    struct Calls {
        /// renameat2(2) with RENAME_NOREPLACE; nil: the C library has none.
        let rename: Call?
        /// linkat(2).
        let link: Call

        static var system: Calls {
            Calls(rename: call.map { call in { call($0, $1, $2, $3, noReplace) } }) {
                linkat($0, $1, $2, $3, 0)
            }
        }
    }

    /// By the system's convention: 0, or -1 with the reason in `errno`.
    static func rename(
        _ folder: Int32, _ name: UnsafePointer<CChar>, _ newFolder: Int32, _ newName: UnsafePointer<CChar>,
        by calls: Calls = .system
    ) -> Int32 {
        if let call = calls.rename {
            let result = call(folder, name, newFolder, newName)
            if result == 0 || !isUnknown(errno) { return result }
        }
        return renameByLink(folder, name, newFolder, newName, by: calls)
    }

    /// A kill between the two leaves both names.
    static func renameByLink(
        _ folder: Int32, _ name: UnsafePointer<CChar>, _ newFolder: Int32, _ newName: UnsafePointer<CChar>,
        by calls: Calls = .system
    ) -> Int32 {
        guard calls.link(folder, name, newFolder, newName) == 0 else {
            // A file system without second names says that it is not permitted, or one too many.
            if errno == EPERM || errno == EMLINK || isUnknown(errno) { errno = EOPNOTSUPP }
            return -1
        }
        return unlinkat(folder, name, 0)
    }

    /// Gives a finished draft its name. Throws `refused` where something has that name, and trouble where the file system
    /// cannot tell; the draft then stays.
    static func give(_ path: String, to draft: String, by calls: Calls = .system) throws(Failure) {
        guard rename(AT_FDCWD, draft, AT_FDCWD, path, by: calls) != 0 else { return }
        switch errno {
        case EEXIST:
            throw .refused(path, "is already there and is not overwritten")
        case EOPNOTSUPP:
            throw .trouble(
                path,
                "cannot be created: this file system gives a file no name without the danger of overwriting another",
                hint:
                    "it knows neither hard links nor renames that replace nothing: write to a folder on another"
                    + " file system, and copy the file from there")
        default: throw .fromSystem(path, "create it")
        }
    }

    /// What a call that a kernel or a file system does not know fails with.
    private static func isUnknown(_ code: Int32) -> Bool {
        code == EINVAL || code == ENOSYS || code == EOPNOTSUPP
    }

    private typealias SystemCall =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    private static let call: SystemCall? =
        dlsym(nil, "renameat2").map { unsafeBitCast($0, to: SystemCall.self) }
    /// RENAME_NOREPLACE of linux/fs.h.
    private static let noReplace: UInt32 = 1
}
