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
        try write([], named: Self.details, O_TRUNC)
        try store.details(of: merchant, period: period) { try append(toDetails: $0) }
    }

    /// Adds to DETAILS.csv, which is made if it is not there. The file is closed again: of many merchants' files
    /// that are written side by side none stays open.
    func append(toDetails piece: [UInt8]) throws(Failure) {
        try write(piece, named: Self.details, O_APPEND)
    }

    public func write(closing document: SealedDocument) throws(Failure) {
        try write(document, named: "CLOSING.json")
    }

    private func write(_ document: SealedDocument, named name: String) throws(Failure) {
        try write(document.bytes, named: name, O_TRUNC)
        try write(Array(document.signature.utf8), named: name + ".jws", O_TRUNC)
        try write(Array(document.seal.utf8), named: name + ".seal", O_TRUNC)
    }

    /// Does not wait for the disk, as Foundation's `write(to:)` does with each file: whatever a power cut takes of
    /// them can be had again.
    private func write(_ bytes: [UInt8], named name: String, _ flag: Int32) throws(Failure) {
        let path = folder.appendingPathComponent(name).path
        let file = try Descriptor(
            opening: path, flags: O_WRONLY | O_CREAT | flag, mode: 0o644, attempt: "write it")
        try file.writeAll(bytes)
    }
}
