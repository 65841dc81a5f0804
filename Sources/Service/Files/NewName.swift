import Foundation

/// renameat(2) that fails with EEXIST rather than replace what has the new name.
///
/// Swift's module of the C library leaves renameat2(2) out, so it is asked for by name. Where there is none, and on a
/// file system that cannot do it, the file gets the new name as a second one, which never replaces anything, and then
/// loses the old one. Where that cannot be done either it fails: nothing is ever replaced.
enum NewName {
    static func rename(
        _ folder: Int32, _ name: UnsafePointer<CChar>, _ newFolder: Int32, _ newName: UnsafePointer<CChar>
    ) -> Int32 {
        if let call {
            let result = call(folder, name, newFolder, newName, noReplace)
            if result == 0 || (errno != EINVAL && errno != ENOSYS) { return result }
        }
        return renameByLink(folder, name, newFolder, newName)
    }

    /// A kill between the two leaves both names.
    static func renameByLink(
        _ folder: Int32, _ name: UnsafePointer<CChar>, _ newFolder: Int32, _ newName: UnsafePointer<CChar>
    ) -> Int32 {
        guard linkat(folder, name, newFolder, newName, 0) == 0 else { return -1 }
        return unlinkat(folder, name, 0)
    }

    private typealias Call =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    private static let call: Call? = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: Call.self) }
    /// RENAME_NOREPLACE of linux/fs.h.
    private static let noReplace: UInt32 = 1
}
