import Foundation
public import Settlement
public import Signing
public import Store

/// Documents as files: `STATEMENT.json` with `.jws` and `.seal` and `DETAILS.csv`, or `CLOSING.json`.
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
    /// whole or not at all.
    public func write(
        statement document: SealedDocument, of merchant: MerchantID, period: Int, from store: Store
    ) throws {
        let details = try beginDetails()
        try store.details(of: merchant, period: period) { try details.append($0) }
        try details.finish()
        try write(statement: document)
    }

    /// Begins DETAILS.csv under another name.
    func beginDetails() throws(Failure) -> DetailsFile { try DetailsFile(in: folder) }

    public func write(closing document: SealedDocument) throws(Failure) {
        try write(document, named: "CLOSING.json")
    }

    private func write(_ document: SealedDocument, named name: String) throws(Failure) {
        let parts = [
            (name, document.bytes), (name + ".jws", Array(document.signature.utf8)),
            (name + ".seal", Array(document.seal.utf8)),
        ]
        for (name, bytes) in parts {
            let path = folder.appendingPathComponent(name)
            try writing(path) { try Data(bytes).write(to: path) }
        }
    }
}

/// DETAILS.csv while it is written: under another name until it is whole.
struct DetailsFile {
    private let path: URL
    private let unfinished: URL

    /// Begins it; what a run that was cut short left is gone.
    fileprivate init(in folder: URL) throws(Failure) {
        path = folder.appendingPathComponent("DETAILS.csv")
        let unfinished = folder.appendingPathComponent(".DETAILS.csv.part")
        self.unfinished = unfinished
        try writing(unfinished) { try Data().write(to: unfinished) }
    }

    /// Adds the bytes that follow. The file is closed again: of many merchants' files that are written side by side
    /// none stays open.
    func append(_ piece: [UInt8]) throws(Failure) {
        try writing(unfinished) {
            let file = open(unfinished.path, O_WRONLY | O_APPEND | O_CLOEXEC)
            guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            try handle.write(contentsOf: piece)
            try handle.close()
        }
    }

    /// Gives it its name.
    func finish() throws(Failure) {
        try writing(path) {
            guard rename(unfinished.path, path.path) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
    }
}

private func writing<Result>(_ path: URL, _ body: () throws -> Result) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        throw .trouble(
            path.path, "cannot write it: \(error.localizedDescription)", hint: "is the disk full?")
    }
}
