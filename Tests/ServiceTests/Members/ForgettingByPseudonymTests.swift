import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// Data from before a member was forgotten, as a backup is: it has the id again, and the pseudonym is all that is left to
/// name it by.
@Suite("Forgetting again by the pseudonym")
struct ForgettingByPseudonymTests {
    private func code(_ work: () throws -> MemberForgetting) -> ForgettingRefusal.Code? {
        let refusal = #expect(throws: ForgettingRefusal.self) { try work() }
        return refusal?.code
    }

    @Test("One that is nobody's, or known already, is refused, and nothing changes")
    func refused() throws {
        let story = try ArchivedStory()
        let known = try story.forget("cem").pseudonym.text
        let before = try story.dump
        let nobody = "forgotten-" + String(repeating: "0", count: 32)
        for isDryRun in [true, false] {
            #expect(code { try story.forget(nobody, isDryRun: isDryRun) } == .memberUnknown)
            #expect(code { try story.forget(known, isDryRun: isDryRun) } == .memberForgotten)
        }
        #expect(try story.dump == before)
    }

    @Test("Who it is found to be may not be named by the reason")
    func named() throws {
        let story = try ArchivedStory()
        let pseudonym = try story.forget("ben", isDryRun: true).pseudonym.text
        let before = try story.dump
        let failure = #expect(throws: Failure.self) { try story.forget(pseudonym, reason: "ben again") }
        #expect(failure?.kind == .misused && failure?.place == "--reason")
        #expect(try story.dump == before)
    }

    @Test("In data from before it finds the member, and all becomes what it was")
    func restored() throws {
        let story = try ArchivedStory()
        let backup = try Data(contentsOf: URL(fileURLWithPath: story.folder.databasePath))
        let first = try story.forget("ben")
        let forgotten = try story.dump
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: story.folder.databasePath + ending)
        }
        try backup.write(to: URL(fileURLWithPath: story.folder.databasePath))
        chmod(story.folder.databasePath, 0o600)
        #expect(try story.read { try $0.forgottenMembers() }.isEmpty)
        let dry = try story.forget(first.pseudonym.text, isDryRun: true)
        #expect(dry.counts?.records == first.counts?.records && dry.pseudonym == first.pseudonym)
        let again = try story.forget(first.pseudonym.text)
        #expect(again.earlier == nil && again.pseudonym == first.pseudonym, "\(again.lines)")
        #expect(!again.lines.joined().contains(/\bben\b/), "\(again.lines)")
        #expect(try story.dump == forgotten)
        #expect(try story.rederive([]).isGood)
    }

    @Test("It is found of whichever version of the secret it is, and stays of that one")
    func versions() throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", records: 3))
        try estate.open.store.shut()
        _ = try SecretRotation(estate.open.folder)
        let open = try estate.open.folder.open()
        defer { open.shut() }
        #expect(open.master.latest == 2 && open.keyVersion == 1)
        for (member, secret) in [("member-2", 2), ("member-0", 1)] {
            let pseudonym = open.master.pseudonym(of: MemberID(verified: member), secret: secret)
            let done = try MemberForgetting(
                .init(
                    folder: open, member: pseudonym, person: PersonName(verified: "ana"), reason: "restored",
                    at: instant("2026-01-21T00:00:00Z")))
            #expect(done.pseudonym == pseudonym && done.counts?.records == 1)
            let kept = try open.store.forgottenMembers().last
            #expect(kept?.pseudonym == pseudonym && kept?.secret == secret)
        }
        #expect(try DatabaseCheck(open.store).findings == [])
    }
}
