import Foundation
import Store

/// An archive that has its name, until the database has noted it: whoever takes the name away before that takes nothing
/// that is needed.
final class PublishedArchive {
    let path: String
    /// Stays open, so that no other file can come by its number.
    private let file: Descriptor

    /// Gives a draft its name, durably. Throws `refused` where something has that name.
    init(_ draft: DraftFile, as path: String) throws(Failure) {
        let file = try Descriptor(opening: draft.path, flags: O_RDONLY, attempt: "read it")
        try draft.publish(as: path)
        self.path = path
        self.file = file
    }

    /// Throws `archiveGone` unless its name is still that of the file that was written.
    func requireInPlace() throws {
        guard try isInPlace() else {
            throw RetentionRefusal(
                .archiveGone,
                "\(path) was taken away, or another file is there by now, and the database did not need it yet;"
                    + " nothing was changed: run it again")
        }
    }

    /// Takes it away again, if it still has its name.
    func withdraw() throws(Failure) {
        guard try isInPlace() else { return }
        guard unlink(path) == 0 || errno == ENOENT else { throw .fromSystem(path, "take it away") }
    }

    private func isInPlace() throws(Failure) -> Bool {
        let own = try file.status()
        var named = stat()
        guard lstat(path, &named) == 0 else { return false }
        return named.st_dev == own.st_dev && named.st_ino == own.st_ino
    }
}
