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
        try file.giveToOwner(of: folder)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Failure.fromSystem(path, "lock it") }
            throw RetentionRefusal(
                .retentionBusy,
                "another `settled retain` is at work on the data in \(folder): wait for its end")
        }
        self.file = file
    }
}
