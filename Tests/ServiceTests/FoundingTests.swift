import Foundation
import Service
import Settlement
import Store
import Testing

@Suite("Founding an alliance is whole or not at all")
struct FoundingTests {
    private let scratch: Scratch
    private let data: String
    private let alliance: Alliance

    init() throws {
        scratch = try Scratch()
        data = scratch.file("data")
        alliance = try AllianceFile.parse(text: Estate.alliance, fileName: "a")
    }

    private func found() throws -> Founding {
        try Founding(alliance: alliance, at: data, now: Estate.founded)
    }

    private func contents(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("The folder holds the database, the secret and the keys, and nothing of how they were made")
    func whole() throws {
        let files = try found().keyFiles
        #expect(try contents(data) == ["keys", "master.secret", "settled.sqlite"])
        #expect(
            files.count == 4 && files.allSatisfy { $0.hasPrefix(data + "/keys/") && WholeFile.exists($0) })
        #expect(try DataFolder(data).open().store.keys().count == 3)
    }

    @Test("An init that fails half way leaves nothing behind, whether the folder was there or not")
    func fails() throws {
        // SQLite takes no path of more than 512 bytes: by then the folder and the secret are made.
        let long = scratch.file(
            [1, 2].map { _ in String(repeating: "d", count: 240) }.joined(separator: "/"))
        let folder = long.prefix(upTo: try #require(long.lastIndex(of: "/")))
        try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
        #expect(throws: StoreTrouble.self) {
            try Founding(alliance: alliance, at: long, now: Estate.founded)
        }
        #expect(try contents(String(folder)).isEmpty)
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: false)
        #expect(throws: StoreTrouble.self) {
            try Founding(alliance: alliance, at: long, now: Estate.founded)
        }
        #expect(try contents(long).isEmpty)
    }

    /// Puts the data folder into the state of an init that was killed when these had moved to their places.
    private func interrupt(moved: [String], lacking: [String] = []) throws {
        _ = try Founding(alliance: alliance, at: scratch.file("made"), now: Estate.founded)
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        let draft = data + "/.settled-init-0123456789abcdef"
        try FileManager.default.moveItem(atPath: scratch.file("made"), toPath: draft)
        for name in moved {
            try FileManager.default.moveItem(atPath: "\(draft)/\(name)", toPath: "\(data)/\(name)")
        }
        for name in lacking { try FileManager.default.removeItem(atPath: "\(draft)/\(name)") }
    }

    @Test(
        "What a killed init left is taken away by the next one",
        arguments: [
            (moved: [], lacking: ["settled.sqlite"]), (moved: [], lacking: []),
            (moved: ["keys"], lacking: []), (moved: ["keys", "master.secret"], lacking: []),
        ] as [(moved: [String], lacking: [String])])
    func interrupted(moved: [String], lacking: [String]) throws {
        try interrupt(moved: moved, lacking: lacking)
        let failure = #expect(throws: Failure.self) { try DataFolder(data).open() }
        #expect(failure?.kind == .misused)
        _ = try found()
        #expect(try contents(data) == ["keys", "master.secret", "settled.sqlite"])
        #expect(try DataFolder(data).open().store.keys().count == 3)
    }

    @Test("Somebody's secret beside what a killed init left is not taken away")
    func strangersSecret() throws {
        try interrupt(moved: [])
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: data + "/master.secret"))
        let failure = #expect(throws: Failure.self) { try found() }
        #expect(failure?.kind == .refused && failure?.place == data + "/master.secret")
        #expect(try text(of: data + "/master.secret") == "theirs")
    }

    @Test("The database and the files beside it are their owner's alone, whatever the folder")
    func modes() throws {
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        _ = try found()
        let store = try DataFolder(data).openStore()
        _ = try store.addDerivedKey(for: nil, at: Estate.founded)
        for suffix in ["", "-wal", "-shm"] {
            #expect(try mode(of: data + "/settled.sqlite" + suffix) == 0o600, "\(suffix)")
        }
        try store.shut()
    }

    @Test("A folder that is not there, or holds no alliance, is misuse with a word on init")
    func notFounded() throws {
        let empty = scratch.file("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
        for folder in [DataFolder(scratch.file("none")), DataFolder(empty)] {
            let failures = [
                #expect(throws: Failure.self) { try folder.open() },
                #expect(throws: Failure.self) { try folder.openStore() },
                #expect(throws: Failure.self) { try DocumentKeys(keyFile: nil, jwks: nil, folder: folder) },
            ]
            for failure in failures {
                #expect(failure?.kind == .misused && failure?.hint?.contains("settled init") == true)
            }
        }
    }
}

@Suite("The secret of the data")
struct OwnSecretTests {
    @Test("Another secret is refused when the data is opened, with a code and a cure; the right one is not")
    func wrongSecret() throws {
        let scratch = try Scratch()
        let alliance = try AllianceFile.parse(text: Estate.alliance, fileName: "a")
        let data = scratch.file("data")
        _ = try Founding(alliance: alliance, at: data, now: Estate.founded)
        let other = scratch.file("other.secret")
        _ = try MasterSecretFile.create(at: other)
        let failure = #expect(throws: Failure.self) { try DataFolder(data, secret: other).open() }
        #expect(failure?.kind == .refused && failure?.place == other)
        #expect(failure?.problem.hasPrefix("secret_mismatch: ") == true && failure?.hint != nil)
        try DataFolder(data).open().store.shut()
        let moved = scratch.file("moved.secret")
        #expect(rename(data + "/master.secret", moved) == 0)
        try DataFolder(data, secret: moved).open().store.shut()
    }
}
