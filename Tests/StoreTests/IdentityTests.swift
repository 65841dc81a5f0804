import Settlement
import Testing

@testable import Store

@Suite("Identities")
struct IdentityTests {
    private func counts(_ appended: Appended) throws -> Receipt {
        guard case .stored(_, let receipt) = appended else {
            throw StoreTrouble("store a batch", because: "it was taken for a copy")
        }
        return receipt
    }

    @Test("A record equal in every field is a duplicate, however its instant is written")
    func duplicate() throws {
        let scene = try Scene()
        let first = record("a", .earn, "x", 100, "2026-01-05T10:00:00.1234Z", amount: 5)
        try scene.send("b1", 1, [first])
        let same = record("a", .earn, "x", 100, "2026-01-05T12:00:00.123+02:00", amount: 5)
        let receipt = try counts(try scene.send("b2", 2, [same, same]))
        #expect(receipt.counts == Receipt.Counts(records: 2, accepted: 0, duplicates: 2, refused: 0))
        #expect(receipt.periods == [])
        #expect(try scene.store.recordCount() == 1)
    }

    @Test(
        "Another content under a used id is refused alone, whichever field differs",
        arguments: [
            record("a", .redeem, "x", 100, "2026-01-05T10:00:00Z", amount: 5),
            record("a", .earn, "y", 100, "2026-01-05T10:00:00Z", amount: 5),
            record("a", .earn, "x", 101, "2026-01-05T10:00:00Z", amount: 5),
            record("a", .earn, "x", 100, "2026-01-05T10:00:00.001Z", amount: 5),
            record("a", .earn, "x", 100, "2026-01-05T10:00:00Z", amount: 0),
            record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
            record("a", .earnReversal, "x", 100, "2026-01-05T10:00:00Z", ref: "b"),
        ])
    func reused(other: Settlement.Record) throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z", amount: 5)])
        let receipt = try counts(try scene.send("b2", 2, [other]))
        #expect(receipt.refused.map(\.code) == [.idReused])
    }

    /// Two records of one id that differ in one field, which only some types have.
    private static let pairs: [(field: String, one: Settlement.Record, other: Settlement.Record)] = {
        func make(
            _ type: RecordType, ref: RecordID? = nil, store: StoreID? = nil, expires: LocalDate? = nil,
            campaign: CampaignID? = nil, item: ItemID? = nil
        ) -> Settlement.Record {
            Settlement.Record(
                id: "a", type: type, member: "x", points: Points(5), at: .at("2026-01-05T10:00:00Z"),
                ref: ref,
                store: store, expires: expires, campaign: campaign, item: item)
        }
        return [
            ("ref", make(.earnReversal, ref: "r1"), make(.earnReversal, ref: "r2")),
            ("store", make(.earn), make(.earn, store: "s")),
            ("store", make(.earn, store: "t"), make(.earn, store: "s")),
            ("campaign", make(.earn), make(.earn, campaign: "c")),
            ("item", make(.redeem), make(.redeem, item: "i")),
            ("expires", make(.opening), make(.opening, expires: .on("2027-06-30"))),
            (
                "expires", make(.opening, expires: .on("2027-06-29")),
                make(.opening, expires: .on("2027-06-30"))
            ),
        ]
    }()

    @Test("Every field counts, those too that only some types have", arguments: pairs.indices)
    func everyField(position: Int) throws {
        let (field, one, other) = Self.pairs[position]
        let byOperator = one.type == .opening
        // A campaign or an item is known to no alliance of these tests: an id that is used comes before that.
        for (first, second) in [(one, other), (other, one)]
        where first.campaign == nil && first.item == nil {
            let scene = try Scene()
            let taken = try counts(try scene.send("b1", 1, [first], byOperator: byOperator))
            #expect(taken.counts.accepted == 1, "\(field)")
            let receipt = try counts(try scene.send("b2", 2, [second], byOperator: byOperator))
            #expect(receipt.refused.map(\.code) == [.idReused], "\(field)")
            let copy = try counts(try scene.send("b3", 3, [first], byOperator: byOperator))
            #expect(copy.counts.duplicates == 1, "\(field)")
        }
    }

    @Test("An id is taken whoever signed its record, and so is a batch's")
    func bothSigners() throws {
        let scene = try Scene()
        let earn = record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")
        try scene.send("b1", 1, [earn])
        let receipt = try counts(
            try scene.send("o1", 1, [record("a", .earn, "x", 99, "2026-01-05T10:00:00Z")], byOperator: true))
        #expect(receipt.refused.map(\.code) == [.idReused])
        #expect(try counts(try scene.send("o2", 2, [earn], byOperator: true)).counts.duplicates == 1)
        let refusal = #expect(throws: BatchRefusal.self) {
            try scene.send("b1", 3, [record("b", .earn, "x", 1, "2026-01-05T10:00:00Z")], byOperator: true)
        }
        #expect(refusal?.code == .batchReused)
    }

    @Test("An absent amount is not 0")
    func absentAmount() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        let receipt = try counts(
            try scene.send("b2", 2, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z", amount: 0)]))
        #expect(receipt.refused.map(\.code) == [.idReused])
    }

    @Test("Within one batch the first of an id counts")
    func withinBatch() throws {
        let scene = try Scene()
        let receipt = try counts(
            try scene.send(
                "b1", 1,
                [
                    record("z", .earn, "x", 1, "2026-01-05T10:00:00Z"),
                    record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                    record("a", .earn, "x", 100, "2026-01-05T11:00:00+01:00"),
                    record("a", .earn, "x", 99, "2026-01-05T10:00:00Z"),
                ]))
        #expect(receipt.counts == Receipt.Counts(records: 4, accepted: 2, duplicates: 1, refused: 1))
        #expect(receipt.refused == [RefusedRecord(line: 5, id: "a", code: .idReused)])
    }

    @Test("A record refused alone does not take its id, in its batch nor later")
    func idStaysFree() throws {
        let scene = try Scene()
        let early = record("a", .earn, "x", 100, "2025-01-05T10:00:00Z")
        let good = record("a", .earn, "x", 50, "2026-01-05T10:00:00Z")
        let first = try counts(
            try scene.send("b1", 1, [early, record("b", .earn, "x", 1, "2025-01-01T00:00:00Z"), good]))
        #expect(first.refused.map(\.code) == [.beforeStart, .beforeStart])
        #expect(first.counts.accepted == 1)
        let second = try counts(try scene.send("b2", 2, [record("b", .earn, "x", 1, "2026-01-05T00:00:00Z")]))
        #expect(second.counts.accepted == 1)
    }

    @Test("A used id comes before what else is wrong with a record")
    func reusedFirst() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        let receipt = try counts(
            try scene.send("b2", 2, [record("a", .earn, "x", 100, "2025-01-05T10:00:00Z")]))
        #expect(receipt.refused.map(\.code) == [.idReused])
    }

    @Test("A duplicate stays one after its record has settled and grown too old")
    func oldDuplicate() throws {
        let scene = try Scene()
        let earn = record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")
        try scene.send("b1", 1, [earn])
        try scene.close(0)
        let receipt = try counts(try scene.send("b2", 2, [earn], received: .at("2028-01-05T10:00:00Z")))
        #expect(receipt.counts == Receipt.Counts(records: 1, accepted: 0, duplicates: 1, refused: 0))
    }

    @Test("The same id may be borne by records of two merchants")
    func twoMerchants() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        let receipt = try counts(
            try scene.send("b1", 1, [record("a", .earn, "y", 5, "2026-01-05T10:00:00Z")], of: "N"))
        #expect(receipt.counts.accepted == 1)
    }
}
