public import Foundation

/// The folder of reference data that stands beside the repository on the machines of those who build Settled.
/// A stranger's clone has none: tests that read it then say so and are skipped, unless
/// `SETTLED_REQUIRE_SHARED=1` is set (as `.ci/run` does), when they run and fail.
public enum SharedFolder {
    /// `../shared` as seen from the repository's top.
    public static let url = repository.deletingLastPathComponent().appendingPathComponent("shared")

    /// The repository's top folder.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether tests that read the folder are to run.
    public static let isWanted =
        FileManager.default.fileExists(atPath: url.appendingPathComponent("rulebook.md").path)
        || ProcessInfo.processInfo.environment["SETTLED_REQUIRE_SHARED"] == "1"

    /// What a skipped test says: `@Test(.enabled(if: SharedFolder.isWanted, SharedFolder.absence))`.
    public static let absence = "skipped: the reference data ../shared is not beside this clone"

    public static func file(_ path: String) -> URL { url.appendingPathComponent(path) }

    /// The bytes of a file below the folder; throws what Foundation throws when it is not there.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: file(path)))
    }

    /// The names of a folder's entries, sorted; empty only if the folder is.
    public static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(path).path).sorted()
    }
}
