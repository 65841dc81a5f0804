import Foundation
import Store

/// The hidden folder in which `init` prepares everything, inside the data folder: that one may be a mount or
/// stand in a folder that its owner may not write to, so it is not the one that is renamed.
///
/// The database is made last and moves last. As long as a draft has one, nothing is founded, and what the draft
/// lacks has moved to the data folder already: all of that can go.
struct FoundingDraft: ~Copyable {
    /// Where things are made.
    let content: DataFolder
    private let folder: DataFolder
    /// Whether the data folder was made for this.
    private let isNew: Bool
    /// Holds the lock by which two of them never work at once.
    private let lock: Descriptor

    private static let prefix = ".settled-init-"

    /// Makes the data folder if it is not there, takes away what an interrupted init left, and makes the draft.
    ///
    /// Throws `refused` when an alliance, or a part of one, is there.
    init(of folder: DataFolder) throws(Failure) {
        let isNew = !WholeFile.exists(folder.path)
        try createFolder(folder.path, mode: 0o700)
        let lock = try Descriptor(
            opening: folder.path, flags: O_RDONLY | O_DIRECTORY, attempt: "open the folder")
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .fromSystem(folder.path, "lock it") }
            throw .trouble(folder.path, "another init is at work there", hint: "wait for it to end")
        }
        Self.clear(folder)
        for taken in Self.names(of: folder) where WholeFile.exists(taken) {
            throw .refused(
                taken, "is already there, expected a new or an empty folder",
                hint: "change an alliance with `settled apply`; a secret is given with --secret FILE")
        }
        let content = DataFolder(folder.path + "/" + Self.prefix + SecureRandom.hexDigits(16))
        try createFolder(content.path, mode: 0o700)
        try createFolder(content.keysPath, mode: 0o700)
        self.content = content
        self.folder = folder
        self.isNew = isNew
        self.lock = lock
    }

    /// Gives everything its place, the database last.
    func publish() throws(Failure) {
        let moves = zip(Self.names(of: content), Self.names(of: folder)).reversed()
        for (made, place) in moves where WholeFile.exists(made) {
            // A power cut must not keep this move and lose an earlier one.
            if place == folder.databasePath { try lock.synchronize() }
            guard rename(made, place) == 0 else { throw .fromSystem(place, "put it in place") }
        }
        try lock.synchronize()
        rmdir(content.path)
    }

    /// Takes away what was made.
    func discard() {
        Self.clear(folder)
        if isNew { rmdir(folder.path) }
    }

    /// The database, which makes the rest an alliance, is the first.
    private static func names(of folder: DataFolder) -> [String] {
        ["", "-wal", "-shm"].map { folder.databasePath + $0 } + [folder.ownSecretPath, folder.keysPath]
    }

    private static func clear(_ folder: DataFolder) {
        let files = FileManager.default
        let drafts = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { $0.hasPrefix(prefix) }.map { folder.path + "/" + $0 }
        for draft in drafts {
            let made = DataFolder(draft)
            if WholeFile.exists(made.databasePath) {
                for (made, place) in zip(names(of: made), names(of: folder)) where !WholeFile.exists(made) {
                    try? files.removeItem(atPath: place)
                }
            }
            try? files.removeItem(atPath: draft)
        }
    }
}
