import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Founding and changing an alliance")
struct AdministrationTests {
    @Test("init makes a folder for its owner alone, with a key file for everyone")
    func founded() throws {
        let estate = try Estate()
        let data = estate.scratch.file("data")
        #expect(try mode(of: data) == 0o700)
        #expect(try mode(of: data + "/master.secret") == 0o600)
        let keys = try FileManager.default.contentsOfDirectory(atPath: data + "/keys").sorted()
        #expect(keys == ["batch_M_1.key", "batch_N_1.key", "operator_1.key", "seal.jwks"])
        for name in keys where name.hasSuffix(".key") {
            #expect(try mode(of: data + "/keys/" + name) == 0o600)
        }
        let key = try KeyFile.readSigning(data + "/keys/batch_M_1.key")
        let bytes = Estate.batch()
        guard
            case .stored = try estate.intake.take(
                bytes, form: .ndjson, signature: key.sign(bytes), received: Estate.received)
        else {
            Issue.record("the key that init handed out does not sign")
            return
        }
    }

    @Test("init never touches a folder that holds an alliance")
    func refusesTwice() throws {
        let estate = try Estate()
        let data = estate.scratch.file("data")
        let secret = try text(of: data + "/master.secret")
        let alliance = try estate.open.store.schedule().alliance
        let failure = #expect(throws: Failure.self) {
            try Founding(alliance: alliance, at: data, now: Estate.founded)
        }
        #expect(failure?.kind == .refused)
        #expect(try text(of: data + "/master.secret") == secret)
        #expect(try estate.open.store.keys().count == 3)
    }

    @Test("A given secret gives the same keys as before")
    func givenSecret() throws {
        let scratch = try Scratch()
        let hex = String(repeating: "ab", count: 32)
        let secret = try scratch.write(hex + "\n", to: "secret", mode: 0o600)
        let alliance = try AllianceFile.parse(text: Estate.alliance, fileName: "a")
        let founding = try Founding(
            alliance: alliance, at: scratch.file("data"), secretFile: secret, now: Estate.founded)
        let expected = try MasterSecret([UInt8](repeating: 0xAB, count: 32)).batchKey(
            merchant: "M", version: 1)
        #expect(
            try KeyFile.readSigning(founding.folder.keyPath("batch/M/1")).sign([1]) == expected.sign([1]))
    }

    @Test("apply shows the difference, changes it once, and gives new merchants a key")
    func apply() throws {
        let estate = try Estate()
        let changed =
            Estate.alliance.replacing("name: Test", with: "name: Better") + """
                - id: O
                  name: Merchant O
                  terms:
                  - {from: 2026-02-01, funding: redemption, issue_price: '0.02', redeem_price: '0.01'}

                """
        let alliance = try AllianceFile.parse(text: changed, fileName: "a")
        func update(dryRun: Bool) throws -> AllianceUpdate {
            try AllianceUpdate(alliance, in: estate.open, dryRun: dryRun, now: Estate.received)
        }
        let dry = try update(dryRun: true)
        #expect(!dry.isApplied && dry.lines.contains { $0.contains("Test → Better") })
        #expect(try estate.open.store.schedule().alliance.name == "Test")
        let applied = try update(dryRun: false)
        #expect(applied.isApplied && applied.lines == dry.lines)
        #expect(applied.keys.map(\.key.id) == ["batch/O/1"])
        #expect(try KeyFile.readSigning(estate.open.folder.keyPath("batch/O/1")).id == "batch/O/1")
        #expect(try estate.open.store.schedule().alliance.name == "Better")
        let again = try update(dryRun: false)
        #expect(!again.isApplied && again.lines.isEmpty && again.keys.isEmpty)
    }

    @Test("A merchant that an interrupted apply left without a key gets it from the next one")
    func applyAgain() throws {
        let estate = try Estate()
        let changed =
            Estate.alliance + """
                - id: O
                  name: Merchant O
                  terms:
                  - {from: 2026-02-01, funding: redemption, issue_price: '0.02', redeem_price: '0.01'}

                """
        let alliance = try AllianceFile.parse(text: changed, fileName: "a")
        // As far as an apply came that was killed between its two transactions.
        _ = try estate.open.store.apply(
            alliance, zone: try ZoneInfo.rules(of: alliance.timezone), at: Estate.received)
        func update(dryRun: Bool) throws -> AllianceUpdate {
            try AllianceUpdate(alliance, in: estate.open, dryRun: dryRun, now: Estate.received)
        }
        #expect(try update(dryRun: true).keys.isEmpty)
        let again = try update(dryRun: false)
        #expect(!again.isApplied && again.lines.isEmpty)
        #expect(again.keys.map(\.key.id) == ["batch/O/1"])
        #expect(try update(dryRun: false).keys.isEmpty)
    }

    @Test(
        "apply refuses what stored records stand on with every reason, and shows the difference all the same")
    func applyRefused() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch())
        let changed = Estate.alliance.replacing("currency: EUR", with: "currency: JPY")
            .replacing("period: month", with: "period: day").replacing("name: Test", with: "name: Better")
        let alliance = try AllianceFile.parse(text: changed, fileName: "a")
        for dryRun in [true, false] {
            let update = try AllianceUpdate(alliance, in: estate.open, dryRun: dryRun, now: Estate.received)
            #expect(!update.isApplied && update.keys.isEmpty)
            #expect(update.lines.contains { $0.contains("Test → Better") })
            let failure = #expect(throws: Failure.self) { try update.requireAllowed(place: "a.yaml") }
            #expect(failure?.kind == .refused && failure?.place == "a.yaml")
            #expect(
                failure?.problem.contains("currency") == true && failure?.problem.contains("period") == true)
            let json = try members(Array(update.json.utf8))
            #expect((json["differences"] as? [String]) == update.lines)
            let refusals = try #require(json["refusals"] as? [[String: String]])
            #expect(refusals.count == update.refusals.count && refusals.count >= 2)
            #expect(refusals.contains { $0["path"] == "currency" && $0["code"] == "records_stand_on_it" })
        }
        #expect(try estate.open.store.schedule().alliance.name == "Test")
    }

    @Test("What is wrong with an alliance's file is said by line")
    func allianceFile() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            Estate.alliance.replacing("funding: issue", with: "fundign: issue"), to: "a.yaml")
        let failure = #expect(throws: Failure.self) { try AllianceFile.read(path) }
        #expect(failure?.kind == .refused)
        #expect(failure?.place.hasPrefix(path + ":") == true)
        #expect(failure?.problem.contains("fundign") == true)
    }
}
