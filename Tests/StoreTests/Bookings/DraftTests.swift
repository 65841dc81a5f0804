import Settlement
import Signing
import Testing

@testable import Store

@Suite("Drafts of bookings, and four eyes")
struct DraftTests {
    private let now = Instant.at("2026-01-10T00:00:00Z")
    private let later = Instant.at("2026-01-12T00:00:00Z")

    /// An alliance of four eyes in which ana and ben have keys of their own, and cem's is revoked from `later` on.
    private func scene() throws -> Scene {
        let scene = try Scene(Scene.alliance(fourEyes: true))
        for (byte, name) in [(1, "ana"), (2, "ben"), (3, "cem")] as [(UInt8, String)] {
            _ = try scene.store.addPublicKey(Scene.publicKey(byte), id: name, for: nil, at: now)
        }
        _ = try scene.store.addPublicKey(Scene.publicKey(4), id: "shop", for: "M", at: now)
        try scene.store.revokeKey("cem", from: later, at: now)
        return scene
    }

    private func person(_ name: PersonName, _ byte: UInt8) throws -> Person {
        Person(name, provenKey: try Scene.publicKey(byte).bytes)
    }

    @Test("What one drafts another approves; until then it counts for nothing")
    func approve() throws {
        let scene = try scene()
        let (ana, ben) = (try person("ana", 1), try person("ben", 2))
        let list = [Booking.pay("p", 5, "2026-01-03"), .pay("q", -7, "2026-01-04", of: "N")]
        #expect(try scene.store.draft(list, by: ana, at: now).map(\.outcome) == [.drafted, .drafted])
        #expect(
            try scene.store.draft(list, by: ben, at: now).map(\.outcome) == [
                .alreadyDrafted, .alreadyDrafted,
            ])
        #expect(try scene.store.bookings().isEmpty)
        #expect(try scene.store.drafts().map(\.drafter) == ["ana", "ana"])
        let names = [DraftName("p", number: 1), DraftName("q", of: "N", number: 2)]
        #expect(
            try scene.store.approve(names, by: ben, at: later, trial: true).map(\.outcome) == [
                .booked, .booked,
            ])
        #expect(try scene.store.bookings().isEmpty)
        #expect(try scene.store.approve(names, by: ben, at: later).map(\.outcome) == [.booked, .booked])
        let stored = try scene.store.bookings()
        #expect(stored.map(\.booking) == list && stored.map(\.booked) == [later, later])
        #expect(stored.map(\.person) == ["ben", "ben"] && stored.map(\.drafter) == ["ana", "ana"])
        #expect(try scene.store.drafts().map(\.state) == [.booked, .booked])
        #expect(
            try scene.store.approve(names, by: ana, at: later).map(\.outcome) == [
                .alreadyBooked, .alreadyBooked,
            ])
        #expect(try scene.store.bookings().count == 2)
        #expect(
            try scene.store.audit(limit: 4).map { "\($0.act.rawValue) \($0.keyID ?? "") \($0.reason ?? "")" }
                == [
                    "booked ben payment q of -7 by ben, drafted by ana",
                    "booked ben payment p of 5 by ben, drafted by ana",
                    "drafted ana payment q of -7 by ana", "drafted ana payment p of 5 by ana",
                ])
    }

    @Test("With four eyes nobody approves a draft of their own, or books without one")
    func fourEyes() throws {
        let scene = try scene()
        let (ana, ben) = (try person("ana", 1), try person("ben", 2))
        #expect(throws: PersonRefusal.draftRequired) {
            try scene.store.book([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        }
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        try scene.store.draft([.pay("q", 5, "2026-01-03")], by: ben, at: now)
        let refused = #expect(throws: BookingsRefused.self) {
            try scene.store.approve(
                [DraftName("q", number: 2), DraftName("p", number: 1)], by: ana, at: now)
        }
        #expect(refused?.refusals.map(\.code) == [.samePerson] && refused?.refusals.map(\.position) == [1])
        #expect(try scene.store.bookings().isEmpty)
    }

    @Test("With four eyes a person is an active Ed25519 key of the operator, and shows it")
    func persons() throws {
        let scene = try scene()
        let wrong: [(PersonRefusal, Person, Instant)] = [
            (.keyRequired("ana"), Person("ana"), now),
            (.keyMismatch("ana"), try person("ana", 2), now),
            (.unknown("dan"), try person("dan", 1), now),
            (.unknown("shop"), try person("shop", 4), now),
            (.unknown("operator/1"), try person("operator/1", 1), now),
            (.unknown("cem"), try person("cem", 3), later),
        ]
        for (refusal, person, instant) in wrong {
            #expect(throws: refusal, "\(person)") {
                try scene.store.draft([.pay("p", 5, "2026-01-03")], by: person, at: instant)
            }
            #expect(throws: refusal) { try scene.store.approve([DraftName("p")], by: person, at: instant) }
            #expect(throws: refusal) { try scene.store.withdraw([DraftName("p")], by: person, at: instant) }
        }
        #expect(try scene.store.drafts().isEmpty)
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: try person("cem", 3), at: now)
        // Who is revoked does not act on by the time before that.
        try scene.store.draft([.pay("q", 5, "2026-01-03")], by: try person("ana", 1), at: later)
        #expect(throws: PersonRefusal.unknown("cem")) {
            try scene.store.draft([.pay("r", 5, "2026-01-03")], by: try person("cem", 3), at: now)
        }
    }

    @Test("Without four eyes a name is enough, but a key that is shown has to be the one of that name")
    func onTrust() throws {
        let scene = try Scene()
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: Person("ana"), at: now)
        #expect(throws: PersonRefusal.unknown("ana")) {
            try scene.store.approve([DraftName("p")], by: try person("ana", 1), at: now)
        }
        #expect(
            try scene.store.approve([DraftName("p")], by: Person("ana"), at: now).map(\.outcome) == [.booked])
    }

    @Test("What is withdrawn leaves its reference free, and stays among the drafts")
    func withdraw() throws {
        let scene = try Scene()
        let (ana, ben) = (Person("ana"), Person("ben"))
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        #expect(try scene.store.withdraw([DraftName("p")], by: ben, at: later).map(\.outcome) == [.withdrawn])
        #expect(
            try scene.store.withdraw([DraftName("p")], by: ben, at: later).map(\.outcome) == [
                .alreadyWithdrawn
            ])
        let unknown = #expect(throws: BookingsRefused.self) {
            try scene.store.approve([DraftName("p")], by: ben, at: later)
        }
        #expect(unknown?.refusals.map(\.code) == [.draftUnknown])
        try scene.store.draft([.pay("p", 6, "2026-01-03")], by: ana, at: later)
        #expect(try scene.store.drafts().map(\.state) == [.withdrawn(at: later, by: "ben"), .waiting])
        #expect(
            try scene.store.approve([DraftName("p")], by: ana, at: later).map(\.booking.amount) == [Money(6)])
    }

    @Test("A reference of several merchants' drafts needs the merchant's name")
    func ambiguous() throws {
        let scene = try Scene()
        let ana = Person("ana")
        try scene.store.draft(
            [.pay("p", 5, "2026-01-03"), .pay("p", 6, "2026-01-03", of: "N")], by: ana, at: now)
        let refused = #expect(throws: BookingsRefused.self) {
            try scene.store.approve([DraftName("p")], by: ana, at: now)
        }
        #expect(refused?.refusals.map(\.code) == [.referenceAmbiguous])
        #expect(
            try scene.store.approve([DraftName("p", of: "N"), DraftName("p", of: "N")], by: ana, at: now)
                .map(\.booking.merchant) == ["N"])
        // The other one of that reference is not what the same command books when it is said again.
        let again = #expect(throws: BookingsRefused.self) {
            try scene.store.approve([DraftName("p")], by: ana, at: now)
        }
        #expect(again?.refusals.map(\.code) == [.referenceAmbiguous])
        #expect(try scene.store.bookings().count == 1)
    }

    @Test("A draft is judged anew when it is approved, and belongs to the period of then")
    func judgedAnew() throws {
        let scene = try Scene()
        let ana = Person("ana")
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        try scene.close(0)
        let results = try scene.store.approve([DraftName("p")], by: ana, at: .at("2026-02-05T00:00:00Z"))
        #expect(results.map(\.period) == [1] && results.map(\.isLate) == [true])
        // Of two drafts that undo one booking the second is not even drafted.
        try scene.store.draft([.pay("u", -5, "2026-02-03", undoes: "p")], by: ana, at: later)
        let refused = #expect(throws: BookingsRefused.self) {
            try scene.store.draft([.pay("v", -5, "2026-02-03", undoes: "p")], by: ana, at: later)
        }
        #expect(refused?.refusals.map(\.code) == [.alreadyUndone])
        #expect(throws: BookingsRefused.self) {
            try scene.store.book([.pay("v", -5, "2026-02-03", undoes: "p")], by: ana, at: later)
        }
        #expect(try scene.store.approve([DraftName("u")], by: ana, at: later).map(\.outcome) == [.booked])
        #expect(try scene.store.booking("p", of: "M")?.undoneBy == "u")
    }

    @Test("With four eyes what is approved is the draft that was looked at, told by its number")
    func number() throws {
        let scene = try scene()
        let (ana, ben) = (try person("ana", 1), try person("ben", 2))
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        try scene.store.withdraw([DraftName("p")], by: ana, at: now)
        try scene.store.draft([.pay("p", 500_000, "2026-01-03")], by: ana, at: now)
        let wrong: [(BookingRefusal.Code, DraftName)] = [
            (.draftNumberRequired, DraftName("p")), (.draftChanged, DraftName("p", number: 1)),
            (.draftUnknown, DraftName("p", number: 3)), (.draftUnknown, DraftName("q", number: 2)),
            (.draftUnknown, DraftName("p", of: "N", number: 2)),
        ]
        for (code, name) in wrong {
            let refused = #expect(throws: BookingsRefused.self, "\(name)") {
                try scene.store.approve([name], by: ben, at: later)
            }
            #expect(refused?.refusals.map(\.code) == [code], "\(name)")
        }
        #expect(try scene.store.bookings().isEmpty)
        let name = DraftName("p", number: 2)
        let results = try scene.store.approve([name, name], by: ben, at: later)
        #expect(results.map(\.booking.amount) == [Money(500_000)])
    }

    @Test("A draft of a name without a key, or of the approver's own key, is not approved with four eyes")
    func unproven() throws {
        let scene = try Scene()
        _ = try scene.store.addPublicKey(Scene.publicKey(1), id: "ana", for: nil, at: now)
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: Person("zoe"), at: now)
        try scene.store.draft([.pay("q", 5, "2026-01-03")], by: try person("ana", 1), at: now)
        try scene.store.revokeKey("ana", from: now, at: now)
        _ = try scene.store.addPublicKey(Scene.publicKey(1), id: "ana-2", for: nil, at: now)
        try scene.takeFourEyes(at: now)
        let refused = #expect(throws: BookingsRefused.self) {
            try scene.store.approve(
                [DraftName("p", number: 1), DraftName("q", number: 2)], by: try person("ana-2", 1), at: later)
        }
        #expect(refused?.refusals.map(\.code) == [.drafterUnproven, .samePerson])
    }

    @Test("What is booked is not withdrawn, whatever was withdrawn under its reference before")
    func withdrawBooked() throws {
        let scene = try Scene()
        let ana = Person("ana")
        let list = [Booking.pay("p", 5, "2026-01-03")]
        try scene.store.draft(list, by: ana, at: now)
        try scene.store.withdraw([DraftName("p")], by: ana, at: now)
        try scene.store.draft(list, by: ana, at: now)
        try scene.store.approve([DraftName("p")], by: ana, at: now)
        for name in [DraftName("p"), DraftName("p", number: 2)] {
            let refused = #expect(throws: BookingsRefused.self) {
                try scene.store.withdraw([name], by: ana, at: later)
            }
            #expect(refused?.refusals.map(\.code) == [.draftBooked])
        }
        let first = try scene.store.withdraw([DraftName("p", number: 1)], by: ana, at: later)
        #expect(first.map(\.outcome) == [.alreadyWithdrawn])
    }

    @Test("While a draft waits, its currency and its merchant stay; once it is withdrawn they may go")
    func stoodOn() throws {
        let scene = try Scene()
        let plain = Scene.alliance()
        let changed = Alliance(
            id: plain.id, name: plain.name, currency: Currency(code: "JPY", exponent: 0),
            timezone: plain.timezone, period: plain.period, expiry: plain.expiry, start: plain.start,
            merchants: [Scene.merchant("N")])
        #expect(try scene.store.change(to: changed).refusals.isEmpty)
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: Person("ana"), at: now)
        let refusals = try scene.store.change(to: changed).refusals
        #expect(refusals.map(\.path) == ["currency", "merchants[M]"])
        #expect(refusals.allSatisfy { $0.code == .recordsStandOnIt })
        #expect(throws: AllianceChangeRefusal.self) {
            try scene.store.apply(changed, zone: Scene.utc, at: now)
        }
        try scene.store.withdraw([DraftName("p")], by: Person("ana"), at: later)
        #expect(try scene.store.change(to: changed).refusals.isEmpty)
    }

    @Test("A waiting draft is on no statement and does not forbid a close")
    func closing() throws {
        let scene = try Scene()
        try scene.store.draft([.pay("p", 5, "2026-01-03")], by: Person("ana"), at: now)
        try scene.close(0)
        #expect(try scene.store.statement(of: "M", period: 0)?.balance == Money(0))
    }
}
