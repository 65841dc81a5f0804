import Foundation

/// renameat(2) that fails with EEXIST rather than replace what has the new name.
///
/// Swift's module of the C library leaves this call out, so it is asked for by name. Where there is none, and on a
/// file system that cannot do it, what has the new name is replaced.
enum NewName {
    static func rename(
        _ folder: Int32, _ name: UnsafePointer<CChar>, _ newFolder: Int32, _ newName: UnsafePointer<CChar>
    ) -> Int32 {
        if let call {
            let result = call(folder, name, newFolder, newName, noReplace)
            if result == 0 || errno != EINVAL { return result }
        }
        return renameat(folder, name, newFolder, newName)
    }

    private typealias Call =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    private static let call: Call? = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: Call.self) }
    /// RENAME_NOREPLACE of linux/fs.h.
    private static let noReplace: UInt32 = 1
}
