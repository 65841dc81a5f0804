import Foundation
import Settlement
import Signing

/// The folders of one owner: `in`, where uploads arrive, and `done` and `refused`, where they go with their
/// results.
///
/// A result is written in an order that a kill at any moment leaves legible. First the result's files, the one
/// that others look for last; then the signature moves, then the batch. A batch in `in` whose result stands
/// already is one whose move was cut short: it is looked at again, and what is missing is done.
///
/// Uploads go on meanwhile: what has another's name by the time of its move is given back to be looked at, and the
/// batch that was taken is written beside its result, as it was read.
struct SpoolFolder {
    let inbox: SpoolDirectory
    let done: SpoolDirectory
    let refused: SpoolDirectory

    /// Opens them, and makes those that are not there.
    init(of owner: SpoolOwner, in root: SpoolDirectory) throws(Failure) {
        let home = try SpoolDirectory(owner.folderName, in: root)
        inbox = try SpoolDirectory("in", in: home)
        done = try SpoolDirectory("done", in: home)
        refused = try SpoolDirectory("refused", in: home)
    }

    static let signatureEnding = ".jws"

    /// What a batch came to.
    struct Result: Sendable {
        let isReceipt: Bool
        /// Endings and bytes, in the order in which they are written.
        let files: [(ending: String, bytes: [UInt8])]
        /// Bytes that stand in the result of this very batch and in no other's.
        let mark: [UInt8]
    }

    /// A batch as it was when it was looked at.
    struct Sight: Sendable {
        let name: SpoolName
        let batch: FileFacts
        /// Nil: it has no signature.
        let signature: FileFacts?
        /// What was read of both, if it was.
        var read: (batch: [UInt8], signature: [UInt8])?

        var signatureName: SpoolName { name.appending(SpoolFolder.signatureEnding) }
    }

    /// Writes the result and moves the batch, with its signature where it has one, beside it.
    func deliver(_ result: Result, of sight: Sight) throws(Failure) {
        let folder = result.isReceipt ? done : refused
        let base = try freeBase(for: sight, result, in: folder)
        for (ending, bytes) in result.files { try folder.write(bytes, to: base.appending(ending)) }
        try folder.synchronize()
        let moved = base.appending(sight.name.ending ?? "")
        if let facts = sight.signature {
            let place = moved.appending(Self.signatureEnding)
            if try !inbox.move(sight.signatureName, facts, to: folder, as: place), let read = sight.read {
                try folder.write(read.signature, to: place)
            }
        }
        try finish(sight, to: folder, as: moved)
    }

    /// Whether the batch's signature had moved when a kill came between; then the batch follows it.
    func resume(_ name: SpoolName, limit: Int) throws(Failure) -> Bool {
        var known: (mark: [UInt8], facts: FileFacts)?
        for folder in [done, refused] {
            // What was cut short is the last that was given a name.
            let next = try Self.firstFree { (number) throws(Failure) in
                try !isTaken(base(of: name, number), of: name, in: folder)
            }
            let last = base(of: name, next - 1)
            let moved = last.appending(name.ending ?? "")
            guard next > 1, try !folder.exists(moved),
                try folder.exists(moved.appending(Self.signatureEnding))
            else { continue }
            if known == nil { known = try mark(of: name, limit: limit) }
            guard let (mark, facts) = known else { return false }
            guard try holds(mark, resultOf: last, in: folder) else { continue }
            try finish(Sight(name: name, batch: facts, signature: nil), to: folder, as: moved)
            return true
        }
        return false
    }

    /// Whether a batch or a signature stands under this stem, in either form.
    private func isTaken(
        _ base: SpoolName, of name: SpoolName, in folder: SpoolDirectory
    ) throws(Failure) -> Bool {
        for ending in Set([".ndjson", ".csv", name.ending ?? ""]) {
            if try folder.exists(base.appending(ending)) { return true }
            if try folder.exists(base.appending(ending + Self.signatureEnding)) { return true }
        }
        return false
    }

    /// What stands in the result of these bytes and of no others: their digest, or of a batch too large to be
    /// read how many there are.
    private func mark(of name: SpoolName, limit: Int) throws(Failure) -> (mark: [UInt8], facts: FileFacts)? {
        if let (digest, facts) = try inbox.digest(name, limit: limit) { return (Self.mark(digest), facts) }
        guard let status = try inbox.status(name) else { return nil }
        return (Self.mark(byteCount: Int64(status.st_size)), FileFacts(status))
    }

    static func mark(_ digest: SHA256Digest) -> [UInt8] { Array("\"digest\":\"\(digest.text)\"".utf8) }
    static func mark(byteCount: Int64) -> [UInt8] { Array("\"bytes\":\(byteCount)}".utf8) }

    private func finish(_ sight: Sight, to folder: SpoolDirectory, as moved: SpoolName) throws(Failure) {
        if try !inbox.move(sight.name, sight.batch, to: folder, as: moved), let read = sight.read {
            try folder.write(read.batch, to: moved)
        }
        try folder.synchronize()
        try inbox.synchronize()
    }
}

/// Names of results. Nothing that is there is ever overwritten: a name that comes again gets `~2`, `~3` …
extension SpoolFolder {
    /// A stem under which the result of a batch may stand: they are tried from 1 on.
    private func base(of name: SpoolName, _ number: Int) -> SpoolName {
        number == 1 ? name.stem : name.stem.appending("~\(number)")
    }

    /// The first stem that no other batch's result has.
    private func freeBase(
        for sight: Sight, _ result: Result, in folder: SpoolDirectory
    ) throws(Failure) -> SpoolName {
        try base(
            of: sight.name,
            Self.firstFree { (number) throws(Failure) in
                try isFree(base(of: sight.name, number), for: sight, result, in: folder)
            })
    }

    /// A free number from 1 on, of numbers that were given in their order: the first one, unless some between were
    /// taken away. It looks at few, however many are taken.
    private static func firstFree(
        _ isFree: (Int) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        var (taken, free) = (0, 1)
        while try !isFree(free) { (taken, free) = (free, free * 2) }
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2
            if try isFree(middle) { free = middle } else { taken = middle }
        }
        return free
    }

    private func isFree(
        _ base: SpoolName, for sight: Sight, _ result: Result, in folder: SpoolDirectory
    ) throws(Failure) -> Bool {
        for ending in Set([".ndjson", ".csv", sight.name.ending ?? ""]) {
            if try folder.exists(base.appending(ending)) { return false }
            if sight.signature != nil, try folder.exists(base.appending(ending + Self.signatureEnding)) {
                return false
            }
        }
        guard let standing = result.files.last?.ending else { return true }
        guard try folder.exists(base.appending(standing)) else { return true }
        return try holds(result.mark, resultOf: base, in: folder)
    }

    /// Whether the result under this stem is of the batch with this mark.
    private func holds(
        _ mark: [UInt8], resultOf base: SpoolName, in folder: SpoolDirectory
    ) throws(Failure) -> Bool {
        let ending = folder === done ? Self.receiptEnding : Self.problemEnding
        return try folder.holds(mark, in: base.appending(ending))
    }

    static let receiptEnding = ".receipt.json"
    static let problemEnding = ".problem.json"
}
