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

    /// Writes a merchant's statement; its details stream from the store.
    public func write(
        statement document: SealedDocument, of merchant: MerchantID, period: Int, from store: Store
    ) throws {
        try write(document, named: "STATEMENT.json")
        let path = folder.appendingPathComponent("DETAILS.csv")
        try written(path) { try Data().write(to: path) }
        let file = try written(path) { try FileHandle(forWritingTo: path) }
        defer { try? file.close() }
        try store.details(of: merchant, period: period) { piece in
            try written(path) { try file.write(contentsOf: Data(piece)) }
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
