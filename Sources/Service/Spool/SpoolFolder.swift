import Foundation
import Settlement
import Signing

/// The folders of one owner: `in`, where uploads arrive, and `done` and `refused`, where they go with their
/// results.
///
/// A result is written in an order that a kill at any moment leaves legible. First the result's files, the one
/// that others look for last; then the signature moves, then the batch. A batch in `in` whose result stands
/// already is one whose move was cut short: it is looked at again, and what is missing is done.
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

    /// Writes the result and moves the batch, with its signature where it has one, beside it.
    func deliver(_ result: Result, of name: SpoolName, signed: Bool) throws(Failure) {
        let folder = result.isReceipt ? done : refused
        let base = try freeBase(for: name, result, in: folder, signed: signed)
        for (ending, bytes) in result.files { try folder.write(bytes, to: base.appending(ending)) }
        try folder.synchronize()
        let moved = base.appending(name.ending ?? "")
        if signed {
            try inbox.move(
                name.appending(Self.signatureEnding), to: folder,
                as: moved.appending(Self.signatureEnding))
        }
        try finish(name, to: folder, as: moved)
    }

    /// Whether the batch's signature had moved when a kill came between; then the batch follows it.
    func resume(_ name: SpoolName, limit: Int) throws(Failure) -> Bool {
        var known: [UInt8]?
        for folder in [done, refused] {
            for base in bases(of: name) {
                let moved = base.appending(name.ending ?? "")
                let hasSignature = try folder.exists(moved.appending(Self.signatureEnding))
                if try folder.exists(moved) { continue }
                guard hasSignature else { break }
                if known == nil { known = try mark(of: name, limit: limit) }
                guard let mark = known else { return false }
                guard try holds(mark, resultOf: base, in: folder) else { continue }
                try finish(name, to: folder, as: moved)
                return true
            }
        }
        return false
    }

    /// What stands in the result of these bytes and of no others: their digest, or of a batch too large to be
    /// read how many there are.
    private func mark(of name: SpoolName, limit: Int) throws(Failure) -> [UInt8] {
        if let bytes = try inbox.read(name, limit: limit) { return Self.mark(SHA256Digest(of: bytes)) }
        return Self.mark(byteCount: Int64(try inbox.status(name)?.st_size ?? 0))
    }

    static func mark(_ digest: SHA256Digest) -> [UInt8] { Array("\"digest\":\"\(digest.text)\"".utf8) }
    static func mark(byteCount: Int64) -> [UInt8] { Array("\"bytes\":\(byteCount)}".utf8) }

    private func finish(_ name: SpoolName, to folder: SpoolDirectory, as moved: SpoolName) throws(Failure) {
        try inbox.move(name, to: folder, as: moved)
        try folder.synchronize()
        try inbox.synchronize()
    }
}

/// Names of results. Nothing that is there is ever overwritten: a name that comes again gets `~2`, `~3` …
extension SpoolFolder {
    /// The stems under which the result of a batch may stand, in the order in which they are tried.
    private func bases(of name: SpoolName) -> some Sequence<SpoolName> {
        let stem = name.stem
        return sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? stem : stem.appending("~\($0)") }
    }

    /// The first stem that no other batch's result has.
    private func freeBase(
        for name: SpoolName, _ result: Result, in folder: SpoolDirectory, signed: Bool
    ) throws(Failure) -> SpoolName {
        for base in bases(of: name) where try isFree(base, for: name, result, in: folder, signed: signed) {
            return base
        }
        preconditionFailure("there is no last number")
    }

    private func isFree(
        _ base: SpoolName, for name: SpoolName, _ result: Result, in folder: SpoolDirectory, signed: Bool
    ) throws(Failure) -> Bool {
        for ending in Set([".ndjson", ".csv", name.ending ?? ""]) {
            if try folder.exists(base.appending(ending)) { return false }
            if signed, try folder.exists(base.appending(ending + Self.signatureEnding)) { return false }
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
        guard let bytes = try folder.read(base.appending(ending), limit: WholeFile.limit) else {
            return false
        }
        return bytes.firstRange(of: mark) != nil
    }

    static let receiptEnding = ".receipt.json"
    static let problemEnding = ".problem.json"
}
