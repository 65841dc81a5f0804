import Foundation
public import Settlement
public import Signing
public import Store

/// Documents as files: `STATEMENT.json` with `.jws` and `.seal` and `DETAILS.csv`, or `CLOSING.json`.
public struct StatementFiles: Sendable {
    private let folder: URL
    private static let details = "DETAILS.csv"

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

    /// Writes a merchant's statement; its details stream from the store.
    public func write(
        statement document: SealedDocument, of merchant: MerchantID, period: Int, from store: Store
    ) throws {
        try write(statement: document)
        let path = folder.appendingPathComponent(Self.details)
        try written(path) { try Data().write(to: path) }
        try store.details(of: merchant, period: period) { try append(toDetails: $0) }
    }

    /// Adds to DETAILS.csv, which is made if it is not there. The file is closed again: of many merchants' files
    /// that are written side by side none stays open.
    func append(toDetails piece: [UInt8]) throws(Failure) {
        let path = folder.appendingPathComponent(Self.details)
        try written(path) {
            let file = open(path.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            try handle.write(contentsOf: piece)
            try handle.close()
        }
    }

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
            try written(path) { try Data(bytes).write(to: path) }
        }
    }

    private func written<Result>(_ path: URL, _ body: () throws -> Result) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            throw .trouble(
                path.path, "cannot write it: \(error.localizedDescription)", hint: "is the disk full?")
        }
    }
}
