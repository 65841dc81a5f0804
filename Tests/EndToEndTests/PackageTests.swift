import Fixtures
import Foundation
import Testing

/// `Deploy/package` with the tests' own binary: what is in the package, and what Debian's own programs say of it.
/// `Deploy/try-package` installs, upgrades, removes and boots one, which takes longer.
@Suite("The package for Debian", .enabled(if: Command.isThere("dpkg-deb", "dpkg-shlibdeps", "strip")))
struct PackageTests {
    private static let promised = """
        /etc/settled/settled.yaml
        /usr/bin/settled
        /usr/lib/systemd/system-generators/settled-backoff-generator
        /usr/lib/systemd/system/settled-backup.service
        /usr/lib/systemd/system/settled-backup.timer
        /usr/lib/systemd/system/settled-backup@.service
        /usr/lib/systemd/system/settled-backup@.timer
        /usr/lib/systemd/system/settled.service
        /usr/lib/systemd/system/settled.socket
        /usr/lib/systemd/system/settled@.service
        /usr/lib/systemd/system/settled@.socket
        /usr/lib/sysusers.d/settled.conf
        /usr/lib/tmpfiles.d/settled.conf
        /usr/share/bash-completion/completions/settled
        /usr/share/doc/settled/changelog.Debian.gz
        /usr/share/doc/settled/copyright
        /usr/share/fish/vendor_completions.d/settled.fish
        /usr/share/man/man1/settled-serve.1.gz
        /usr/share/man/man1/settled.1.gz
        /usr/share/man/man8/settled.service.8.gz
        /usr/share/settled/backoff.conf
        /usr/share/zsh/vendor-completions/_settled
        """

    @Test(
        "It has the files promised, a page for each command, scripts that sh reads, and needs no library of Swift's"
    )
    func contents() throws {
        let package = try Package()
        for path in Self.promised.split(separator: "\n") { #expect(package.has(String(path)), "\(path)") }
        let help = try Command.settled("--experimental-dump-help").run().output
        let tool = try JSONDecoder().decode(Tool.self, from: Data(help.utf8))
        let commands = (tool.command.subcommands ?? []).map(\.commandName).filter { $0 != "help" }
        #expect(commands.count > 25)
        for name in commands { #expect(package.has("/usr/share/man/man1/settled-\(name).1.gz"), "\(name)") }
        for script in [
            "DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm",
            "usr/lib/systemd/system-generators/settled-backoff-generator",
        ] {
            let ran = try Command.named("sh", ["-n", package.path(script)]).run()
            #expect(
                ran.status == 0 && FileManager.default.isExecutableFile(atPath: package.path(script)),
                "\(ran.errors)")
        }
        let program = package.path("usr/bin/settled")
        #expect(try Command(program, ["--version"]).run().output == Command.settled("--version").run().output)
        #expect(try !Command.named("ldd", [program]).run().output.contains("libswift"))
        let control = try String(contentsOfFile: package.path("DEBIAN/control"), encoding: .utf8)
        #expect(control.contains("Version: 1.2-3~trial\n"), "a package for trying says so")
        for library in ["libc6", "libsqlite3-0", "libssl3", "libzstd1", "zlib1g", "tzdata"] {
            #expect(control.contains(library), "\(library)")
        }
        #expect(
            try String(contentsOfFile: package.path("DEBIAN/conffiles"), encoding: .utf8)
                == "/etc/settled/settled.yaml\n")
    }

    @Test(
        "systemd has nothing to say of its units, and finds the services hardly exposed",
        .enabled(if: Command.isThere("systemd-analyze")))
    func units() throws {
        let scratch = try Scratch()
        let units = SharedFolder.repository.appendingPathComponent("Deploy/systemd")
        var paths: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: units.path).sorted() {
            guard [".service", ".socket", ".timer"].contains(where: name.hasSuffix) else { continue }
            // The program is not where the package puts it.
            let text = try String(contentsOf: units.appendingPathComponent(name), encoding: .utf8)
                .replacing("/usr/bin/settled", with: Command.settledPath)
            paths.append(try scratch.write(text, to: name))
        }
        #expect(paths.count == 8)
        let verified = try Command.named("systemd-analyze", ["verify", "--man=no"] + paths).run()
        #expect(
            verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified.errors)")
        for path in paths where path.hasSuffix(".service") {
            let judged = try Command.named(
                "systemd-analyze", ["security", "--offline=yes", "--threshold=15", "--no-pager", path]
            ).run()
            #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
        }
        // A unit without any fence is not let pass.
        let open = try scratch.write("[Service]\nExecStart=/bin/true\n", to: "open.service")
        #expect(
            try Command.named(
                "systemd-analyze", ["security", "--offline=yes", "--threshold=15", "--no-pager", open]
            )
            .run().status != 0)
    }

    @Test("What it was asked wrongly it says, and a program that is none is no package")
    func misuse() throws {
        #expect(try package("--nothing").status == 2)
        let ran = try package("--binary", "/nowhere/settled", "--trial")
        #expect(ran.status == 3 && ran.errors.contains(Self.noProgram), "\(ran.errors)")
    }

    /// What is said of `/nowhere/settled` once nothing else hinders.
    private static let noProgram = "/nowhere/settled is not a program"

    @Test(
        "A step of the schema that is not frozen, or of which no database is kept, is packed for trying alone"
    )
    func unfrozen() throws {
        let scratch = try Scratch()
        for path in ["Deploy", "Migrations/SQL", "Tests/Fixtures/Schema"] {
            let copy = scratch.file(path)
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: SharedFolder.repository.appendingPathComponent(path), to: copy)
        }
        func told(_ arguments: String...) throws -> String {
            let ran = try Command(
                scratch.file("Deploy/package").path, ["--binary", "/nowhere/settled"] + arguments
            ).run()
            #expect(ran.status == 3)
            return ran.errors
        }
        func freeze() throws {
            let lines = "cd Migrations/SQL && sha256sum *.sql > ../../Tests/Fixtures/Schema/SHA256SUMS"
            try #require(Command.named("sh", ["-c", lines], in: scratch.folder).run().status == 0)
        }
        _ = try scratch.write("CREATE TABLE more (x INTEGER);\n", to: "Migrations/SQL/099-more.sql")
        #expect(try told().contains("is not what Tests/Fixtures/Schema/SHA256SUMS says"))
        try freeze()
        #expect(try told().contains("no database of schema 99 (099-more.sql) is kept"))
        #expect(try told("--trial").contains(Self.noProgram))
        _ = try scratch.write("-- A database.\n", to: "Tests/Fixtures/Schema/schema-99.sql")
        #expect(try told().contains(Self.noProgram))
        _ = try scratch.write("-- Another.\n", to: "Migrations/SQL/001-first.sql")
        #expect(try told().contains("is not what Tests/Fixtures/Schema/SHA256SUMS says"))
    }

    /// The part of the program's own description that is looked at.
    private struct Tool: Decodable {
        let command: Part

        struct Part: Decodable {
            let commandName: String
            let subcommands: [Part]?
        }
    }
}

private func package(_ arguments: String...) throws -> Ran {
    try Command(SharedFolder.repository.appendingPathComponent("Deploy/package").path, arguments).run()
}

/// A package made of the tests' binary, unpacked.
private struct Package {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        // What is being written is tried too, before its schema is frozen.
        let made = try package(
            "--binary", Command.settledPath, "--out", scratch.folder.path, "--version", "1.2-3", "--trial")
        #expect(made.status == 0, "\(made.errors)")
        let unpacked = try Command.named("dpkg-deb", ["--raw-extract", made.lastLine, path("")]).run()
        try #require(unpacked.status == 0, "\(unpacked.errors)")
    }

    func path(_ name: String) -> String { scratch.file("root").appendingPathComponent(name).path }

    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: self.path(path)) }
}
