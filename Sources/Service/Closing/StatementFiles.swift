import Foundation
public import Settlement
public import Signing
public import Store

/// Documents as files: `STATEMENT.json` with `.jws` and `.seal` and `DETAILS.csv`, or `CLOSING.json`. Where members were
/// forgotten since, `REDACTION.json`, likewise signed and sealed, says which file stands now.
public struct StatementFiles: Sendable {
    private let folder: URL

    /// Takes a folder, making it if need be; throws `trouble` when that cannot be done.
    public init(_ path: String) throws(Failure) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .trouble(path, "cannot make the folder: \(error.localizedDescription)")
        }
    }

    /// Writes a merchant's statement, the documents without the details.
    public func write(statement document: SealedDocument) throws(Failure) {
        try write(document, named: "STATEMENT.json")
    }

    /// Writes a merchant's statement; its details, which stream from the store, stand there before it does, and
    /// whole or not at all. Gives the redaction of the details; nil: they are the file that was signed.
    @discardableResult
    public func write(
        statement document: SealedDocument, of merchant: MerchantID, period: Int, from store: Store
    ) throws -> Redaction? {
        var redaction = try store.redactions(ofPeriod: period)[merchant]
        var isSettled = false
        // A member may be forgotten meanwhile: the file and what is said of it are to fit.
        while !isSettled {
            let details = try beginDetails()
            try store.details(of: merchant, period: period) { try details.append($0) }
            let now = try store.redactions(ofPeriod: period)[merchant]
            isSettled = now == redaction
            redaction = now
            if isSettled { try details.finish() }
        }
        if let redaction { try write(redaction.notice, named: RedactionCheck.name) }
        try write(statement: document)
        return redaction
    }

    /// Begins DETAILS.csv under another name.
    func beginDetails() throws(Failure) -> UnfinishedDetails { try UnfinishedDetails(in: folder) }

    public func write(closing document: SealedDocument) throws(Failure) {
        try write(document, named: "CLOSING.json")
    }

    public func write(receipt document: SealedDocument) throws(Failure) {
        try write(document, named: "RECEIPT.json")
    }

    private func write(_ document: SealedDocument, named name: String) throws(Failure) {
        let path = folder.appendingPathComponent(name).path
        try writeFile(document.bytes, at: path, O_TRUNC)
        try writeFile(Array(document.signature.utf8), at: path + ".jws", O_TRUNC)
        try writeFile(Array(document.seal.utf8), at: path + ".seal", O_TRUNC)
    }
}

/// DETAILS.csv while it is written: under another name until it is whole.
struct UnfinishedDetails {
    private let path: String
    private let unfinished: String

    /// Begins it; what a run that was cut short left is gone.
    fileprivate init(in folder: URL) throws(Failure) {
        path = folder.appendingPathComponent("DETAILS.csv").path
        unfinished = folder.appendingPathComponent(".DETAILS.csv.part").path
        try writeFile([], at: unfinished, O_TRUNC)
    }

    /// Adds the bytes that follow. The file is closed again: of many merchants' files that are written side by side
    /// none stays open.
    func append(_ piece: [UInt8]) throws(Failure) { try writeFile(piece, at: unfinished, O_APPEND) }

    /// Gives it its name.
    func finish() throws(Failure) {
        guard rename(unfinished, path) == 0 else {
            throw .trouble(path, "cannot rename \(unfinished) to it: \(String(cString: strerror(errno)))")
        }
    }
}

/// Does not wait for the disk, as Foundation's `write(to:)` does with each file: whatever a power cut takes of
/// them can be had again.
private func writeFile(_ bytes: [UInt8], at path: String, _ flag: Int32) throws(Failure) {
    let file = try Descriptor(
        opening: path, flags: O_WRONLY | O_CREAT | flag, mode: 0o644, attempt: "write it")
    try file.writeAll(bytes)
}
