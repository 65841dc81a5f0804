import Foundation

/// Changing a folder of the spool.
extension SpoolDirectory {
    /// Writes a file that appears whole or not at all, and outlives a power cut once the folder is
    /// synchronized. One that is there is replaced.
    func write(_ bytes: [UInt8], to name: SpoolName) throws(Failure) {
        let draft = SpoolName(Self.draftBeginning + SecureRandom.hexDigits(16) + Self.draftEnding)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = draft.withCString { openat(descriptor, $0, flags, 0o640) }
        guard number >= 0 else { throw .fromSystem(place(name), "create it") }
        do throws(Failure) {
            let file = Descriptor(number, path: place(name))
            if !Self.allow(0o640, number) { withheld.note(place(name)) }
            try file.writeAll(bytes)
            try file.synchronize()
            try rename(draft, to: self, as: name)
        } catch {
            remove(draft)
            throw error
        }
    }

    private static let (draftBeginning, draftEnding) = (".settled-", ".tmp")

    /// Takes away what a kill left of `write`: files of this program's own that no name was ever given to.
    func clearDrafts() throws(Failure) {
        let drafts = try names { name in
            name.text.hasPrefix(Self.draftBeginning) && name.text.hasSuffix(Self.draftEnding)
                && name.bytes.count == Self.draftBeginning.utf8.count + 16 + Self.draftEnding.utf8.count
        }.names
        for draft in drafts { remove(draft) }
    }

    private func remove(_ name: SpoolName) { _ = name.withCString { unlinkat(descriptor, $0, 0) } }

    /// Gives a file a name that nothing has, a link its own and not that of what it leads to.
    ///
    /// Gives whether what now has the name is the file with these facts. If that one is gone, false; if another one
    /// took the old name in between, that one is given back: under its own name or, if that is taken once more, under
    /// one beside it.
    func move(
        _ name: SpoolName, _ facts: FileFacts, to other: SpoolDirectory, as newName: SpoolName
    ) throws(Failure) -> Bool {
        guard try exists(name) else { return false }
        try rename(name, to: other, as: newName, replacing: false)
        guard let moved = try other.status(newName), FileFacts(moved) != facts else { return true }
        for number in 1... {
            let back = number == 1 ? name : name.stem.appending("~\(number)\(name.ending ?? "")")
            do throws(Failure) {
                try other.rename(newName, to: self, as: back, replacing: false)
                return false
            } catch {
                guard try exists(back) else { throw error }
            }
        }
        preconditionFailure("there is no last number")
    }

    /// Without `replacing` it is trouble when something has the new name.
    private func rename(
        _ name: SpoolName, to other: SpoolDirectory, as newName: SpoolName, replacing: Bool = true
    ) throws(Failure) {
        let result = name.withCString { old in
            newName.withCString {
                replacing
                    ? renameat(descriptor, old, other.descriptor, $0)
                    : NewName.rename(descriptor, old, other.descriptor, $0)
            }
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
