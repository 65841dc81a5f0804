import Foundation
import Testing

@testable import Service

/// A file gets its name on any file system without taking another's, or not at all.
@Suite("Names that overwrite nothing")
struct NewNameTests {
    /// A call that fails, and counts how often.
    private final class Failing {
        let code: Int32
        private(set) var count = 0

        init(_ code: Int32) { self.code = code }

        func call() -> Int32 {
            count += 1
            errno = code
            return -1
        }
    }

    private let scratch: Scratch
    private let draft: String
    private let path: String

    init() throws {
        scratch = try Scratch()
        draft = try scratch.write("new", to: "draft")
        path = scratch.file("name")
    }

    private func calls(rename: Failing?, link: Failing?) -> NewName.Calls {
        let system = NewName.Calls.system
        return NewName.Calls(
            rename: rename.map { failing in { _, _, _, _ in failing.call() } },
            link: link.map { failing in { _, _, _, _ in failing.call() } } ?? system.link)
    }

    @Test(
        "Without renames that replace nothing and without hard links it is told what to do, and nothing changes",
        arguments: [EINVAL, ENOSYS, EOPNOTSUPP, nil] as [Int32?], [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EINVAL])
    func neither(rename: Int32?, link: Int32) throws {
        let calls = calls(rename: rename.map(Failing.init), link: Failing(link))
        for taken in [false, true] {
            if taken { _ = try scratch.write("old", to: "name") }
            let failure = #expect(throws: Failure.self) { try NewName.give(path, to: draft, by: calls) }
            let said = "\(try #require(failure))"
            #expect(said.contains("this file system gives a file no name"), "\(said)")
            #expect(said.contains("write to a folder on another file system"), "\(said)")
            #expect(try text(of: draft) == "new" && WholeFile.exists(path) == taken)
            if taken { #expect(try text(of: path) == "old") }
        }
    }

    @Test("Without such renames a second name is given, without hard links the rename alone does it")
    func one() throws {
        for code in [EINVAL, ENOSYS, EOPNOTSUPP] {
            try NewName.give(path, to: draft, by: calls(rename: Failing(code), link: nil))
            #expect(try text(of: path) == "new" && scratch.names == ["name"])
            #expect(rename(path, draft) == 0)
        }
        let link = Failing(EPERM)
        try NewName.give(path, to: draft, by: calls(rename: nil, link: nil))
        #expect(rename(path, draft) == 0)
        let system = NewName.Calls.system
        #expect(system.rename != nil, "this machine's C library has renameat2")
        try NewName.give(
            path, to: draft, by: .init(rename: system.rename, link: { _, _, _, _ in link.call() }))
        #expect(try text(of: path) == "new" && scratch.names == ["name"] && link.count == 0)
    }

    @Test("What has the name stays, by either call")
    func taken() throws {
        _ = try scratch.write("old", to: "name")
        for calls in [.system, calls(rename: nil, link: nil), calls(rename: Failing(ENOSYS), link: nil)] {
            let failure = #expect(throws: Failure.self) { try NewName.give(path, to: draft, by: calls) }
            #expect("\(try #require(failure))".contains("is already there and is not overwritten"))
            #expect(try text(of: path) == "old" && text(of: draft) == "new")
        }
    }

    @Test(
        "A rename that fails for another reason is not tried in another way",
        arguments: [EACCES, EIO, ENOSPC])
    func otherReason(code: Int32) throws {
        let link = Failing(EPERM)
        let failure = #expect(throws: Failure.self) {
            try NewName.give(path, to: draft, by: calls(rename: Failing(code), link: link))
        }
        let said = "\(try #require(failure))"
        #expect(link.count == 0 && !said.contains("this file system"), "\(said)")
        #expect(!WholeFile.exists(path) && scratch.names == ["draft"])
    }

    /// On such a mount, as of FAT:
    ///
    ///     truncate -s 64M fat.img && mkfs.vfat fat.img && mount -o loop fat.img /mnt/fat
    ///     SETTLED_NO_LINKS=/mnt/fat swift test --filter NewNameTests
    ///
    /// The kernel's own FAT knows the rename; one that a program serves, as fusefat(1), neither.
    @Test(
        "On a file system without hard links a file is written or refused, and none is overwritten",
        .enabled(
            if: ProcessInfo.processInfo.environment["SETTLED_NO_LINKS"] != nil,
            "SETTLED_NO_LINKS names no folder on a file system without hard links"))
    func withoutLinks() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["SETTLED_NO_LINKS"])
        let target = "\(folder)/settled-\(UUID().uuidString.prefix(8))"
        defer { for end in ["", ".a", ".b"] { unlink(target + end) } }
        try Data("a".utf8).write(to: URL(fileURLWithPath: target + ".a"))
        #expect(link(target + ".a", target + ".b") != 0, "\(folder) has hard links")
        do {
            try WholeFile.write(Array("new".utf8), to: target, replacing: false)
            #expect(try text(of: target) == "new")
        } catch {
            #expect("\(error)".contains("this file system gives a file no name"), "\(error)")
            #expect(!WholeFile.exists(target))
            try Data("new".utf8).write(to: URL(fileURLWithPath: target))
        }
        #expect(throws: Failure.self) {
            try WholeFile.write(Array("newer".utf8), to: target, replacing: false)
        }
        #expect(try text(of: target) == "new")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!left.contains { $0.hasPrefix(".settled-") }, "\(left)")
    }
}
