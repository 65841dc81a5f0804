import Foundation
import Service
import Signing
import Testing

@Suite("Secrets in files")
struct SecretTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("A secret's file is made for its owner alone, and never overwritten")
    func created() throws {
        try SecretFile.create([1, 2], at: scratch.file("s"))
        #expect(try mode(of: scratch.file("s")) == 0o600)
        #expect(try SecretFile.read(scratch.file("s")) == SecretBytes([1, 2]))
        let failure = #expect(throws: Failure.self) { try SecretFile.create([3], at: scratch.file("s")) }
        #expect(failure?.kind == .refused)
        #expect(try SecretFile.read(scratch.file("s")) == SecretBytes([1, 2]))
    }

    @Test("A file that others may use is no secret", arguments: [0o644, 0o640, 0o604, 0o620, 0o601])
    func permissions(mode: Int) throws {
        let path = try scratch.write("secret", to: "s", mode: mode)
        let failure = #expect(throws: Failure.self) { try SecretFile.read(path) }
        #expect(failure?.kind == .refused)
        #expect(failure?.problem.contains(String(mode, radix: 8)) == true)
        #expect(failure?.hint?.contains("chmod 600") == true)
    }

    @Test("A drawn master secret reads back as the same keys")
    func masterSecret() throws {
        let drawn = try MasterSecretFile.create(at: scratch.file("m"))
        let line = try text(of: scratch.file("m"))
        #expect(line.count == 65 && line.last == "\n")
        let read = try MasterSecretFile.read(scratch.file("m"))
        let signature = drawn.batchKey(merchant: "M", version: 1).sign([1])
        #expect(read.batchKey(merchant: "M", version: 1).sign([1]) == signature)
        let other = try MasterSecretFile.create(at: scratch.file("n"))
        #expect(other.batchKey(merchant: "M", version: 1).sign([1]) != signature)
    }

    @Test("Hex digits of either case stand for bytes, anything else for itself")
    func forms() throws {
        let digits = String(repeating: "0aF1", count: 16)
        let expected = [UInt8]((0..<16).flatMap { _ in [0x0A, 0xF1] as [UInt8] })
        for (number, text) in [digits, digits + "\n", digits + "\r\n"].enumerated() {
            let path = try scratch.write(text, to: "hex\(number)", mode: 0o600)
            #expect(try MasterSecretFile.readBytes(path) == SecretBytes(expected))
        }
        let raw = String(repeating: "not hex!", count: 8)
        let path = try scratch.write(raw, to: "raw", mode: 0o600)
        #expect(try MasterSecretFile.readBytes(path) == SecretBytes(Array(raw.utf8)))
    }

    @Test("Hex digits that lost some are refused, never taken as raw bytes", arguments: [62, 63, 65])
    func digitsLost(count: Int) throws {
        for end in ["", "\n", "\r\n"] {
            let path = try scratch.write(
                String(repeating: "a", count: count) + end, to: "\(count)-\(end.count)", mode: 0o600)
            let bytes = #expect(throws: Failure.self) { try MasterSecretFile.readBytes(path) }
            #expect(bytes?.kind == .refused)
            #expect(bytes?.problem.contains(count == 62 ? "31 bytes" : "odd number") == true)
            #expect(throws: Failure.self) { try MasterSecretFile.read(path) }
        }
    }

    @Test(
        "A master secret of fewer than 32 bytes is refused",
        arguments: ["", "0123", "31 bytes are too few for secrets"])
    func tooShort(text: String) throws {
        let path = try scratch.write(String(text.prefix(31)), to: "s", mode: 0o600)
        let failure = #expect(throws: Failure.self) { try MasterSecretFile.read(path) }
        #expect(failure?.kind == .refused)
    }

    @Test("A secret's file is never more than 64 KiB")
    func tooLarge() throws {
        let path = try scratch.write(String(repeating: "x", count: 1 << 16), to: "s", mode: 0o600)
        #expect(try SecretFile.read(path).count == 1 << 16)
        _ = try scratch.write(String(repeating: "x", count: 1 << 16 + 1), to: "t", mode: 0o600)
        let failure = #expect(throws: Failure.self) { try SecretFile.read(scratch.file("t")) }
        #expect(failure?.kind == .refused)
    }

    @Test(
        "The credential of the service is the master secret where there is one, else the data folder's file is"
    )
    func credential() throws {
        let folder = scratch.file("credentials")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let environment = ["CREDENTIALS_DIRECTORY": folder]
        #expect(MasterSecretFile.path(of: "/data", environment: environment) == "/data/master.secret")
        #expect(MasterSecretFile.path(of: "/data", environment: [:]) == "/data/master.secret")
        let text = String(repeating: "0aF1", count: 16)
        let path = try scratch.write(text, to: "credentials/master.secret", mode: 0o440)
        #expect(MasterSecretFile.path(of: "/data", environment: environment) == path)
        #expect(
            MasterSecretFile.path(of: "/data", environment: ["CREDENTIALS_DIRECTORY": "credentials"])
                == "/data/master.secret")
        // The group's bit is how the service manager lets the account in; elsewhere it lets others in.
        #expect(try MasterSecretFile.readBytes(path, environment: environment).count == 32)
        #expect(throws: Failure.self) { try MasterSecretFile.readBytes(path, environment: [:]) }
        chmod(path, 0o444)
        let failure = #expect(throws: Failure.self) {
            try MasterSecretFile.readBytes(path, environment: environment)
        }
        #expect(failure?.kind == .refused)
    }
}
