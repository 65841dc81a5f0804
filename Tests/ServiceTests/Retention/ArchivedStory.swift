import Foundation
import Settlement
import Signing
import Store

@testable import Service

/// A copy of the long story's data folder, whose old batches are moved to archives.
final class ArchivedStory: Sendable {
    private static let story = Result { try LongStory() }

    let scratch: Scratch
    let folder: DataFolder
    /// When the batches are moved.
    static let at = instant("2026-05-01T00:00:00Z")

    init() throws {
        let original = try Self.story.get().folder
        scratch = try Scratch()
        folder = DataFolder(scratch.file("data"), secret: original.secretPath)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: original.databasePath, toPath: folder.databasePath)
        chmod(folder.path, 0o700)
        chmod(folder.databasePath, 0o600)
    }

    /// Runs `work` on the open folder.
    func opened<Value>(_ work: (OpenFolder) throws -> Value) throws -> Value {
        let open = try folder.open()
        defer { open.shut() }
        return try work(open)
    }

    /// Moves what may be moved with so many closed periods kept: with 1 it is seven batches of ten.
    @discardableResult
    func retain(_ name: String = "a.zst", periods: Int = 1, isDryRun: Bool = false) throws -> Retention {
        try opened { open in
            try Retention(
                .init(
                    folder: open, periods: periods, file: scratch.file(name), isDryRun: isDryRun, at: Self.at)
            )
        }
    }

    /// What an archive of it is made of: the batches, and the request.
    func withRequest<Value>(
        _ name: String, _ work: (Retention.Request, ArchivableBatches) throws -> Value
    ) throws -> Value {
        try opened { open in
            let request = Retention.Request(folder: open, periods: 1, file: scratch.file(name), at: Self.at)
            return try work(request, open.store.archivable(keeping: 1))
        }
    }

    func rederive(_ archives: [String], secret: Bool = true) throws -> RederivationReport {
        try Rederivation(
            .init(
                data: folder.path, secret: secret ? folder.secretPath : nil, jwks: nil, from: nil,
                through: nil, scratch: nil, archives: archives.map(scratch.file))
        ).run()
    }

    func read<Value>(_ work: (Store) throws -> Value) throws -> Value {
        let store = try Store.openToRead(folder: folder.path)
        defer { try? store.shut() }
        return try work(store)
    }

    /// The bytes of a file that lies beside the data folder.
    func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file(name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: scratch.file(name)))
    }
}
