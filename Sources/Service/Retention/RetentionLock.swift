import Foundation
import Store

/// Keeps two runs of `settled retain` on one data folder apart: who has it may say of an archive that no run needs
/// it. It goes with its process, however that ends; the empty file stays.
final class RetentionLock {
    static let name = "retain.lock"

    private let file: Descriptor

    /// Throws `retentionBusy` while another run has it.
    init(in folder: String) throws {
        let path = folder + "/" + Self.name
        let file = try Descriptor(
            opening: path, flags: O_RDONLY | O_CREAT | O_NOFOLLOW, mode: 0o600, attempt: "lock it")
        try Self.giveToOwner(of: folder, file)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Failure.fromSystem(path, "lock it") }
            throw RetentionRefusal(
                .retentionBusy,
                "another `settled retain` is at work on the data in \(folder): wait for its end")
        }
        self.file = file
    }

    /// What root made the folder's owner could not open.
    private static func giveToOwner(of folder: String, _ file: borrowing Descriptor) throws(Failure) {
        var status = stat()
        guard geteuid() == 0, stat(folder, &status) == 0 else { return }
        guard fchown(file.number, status.st_uid, status.st_gid) == 0 else {
            throw .fromSystem(file.path, "give it to the folder's owner")
        }
    }
}
