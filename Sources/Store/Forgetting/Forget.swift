import GRDB
public import Settlement
public import Signing

extension Store {
    /// Batches whose bytes name a member, by number, each with the archive that has them; nil: the database. `unread` are
    /// the archives that would have to be looked through and are not at hand.
    ///
    /// The stored records tell of those that brought any; batches with equal copies or lines refused alone are read.
    public func batches(
        naming member: MemberID, archived: @escaping ArchivedBytes
    ) throws -> (batches: [(number: Int64, archive: StoredArchive?)], unread: [StoredArchive]) {
        preconditionFailure("follows")
    }

    /// Forgets a member, in one transaction; `seal` signs and seals the notices. With no `seal` it only counts.
    ///
    /// Throws `ForgettingRefusal`, `RetentionRefusal` (`archive_missing`) where an archive names the member that was not
    /// written anew, `StoreTrouble`, and what `seal` throws; nothing has changed then.
    public func forget(
        _ forgetting: Forgetting, seal: ((RedactionNotice) throws -> SealedDocument)?,
        progress: (String) -> Void = { _ in }
    ) throws -> ForgottenCounts {
        preconditionFailure("follows")
    }
}
