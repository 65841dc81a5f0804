import Settlement
import Testing

@Suite("A batch checked before it is sent")
struct BatchCheckTests {
    private static let received = BatchSetting.received

    private func check(
        _ lines: [String], form: BatchForm = .ndjson, signer: BatchCheck.Setting.Owner? = nil,
        limit: Int = 1 << 20
    ) -> BatchCheck {
        BatchCheck(
            Array(lines.map { $0 + "\n" }.joined().utf8), form: form, limit: limit,
            setting: BatchCheck.Setting(
                schedule: BatchSetting.schedule, received: Self.received, signer: signer))
    }

    private func header(
        _ records: Int, _ earn: Int, merchant: String = "M", more: String = ""
    ) -> String {
        #"{"format":"settled-batch/1","merchant":"\#(merchant)","batch":"b","sequence":1,"records":\#(records),"totals":{"earn":\#(earn)\#(more)}}"#
    }

    private func earn(_ id: String, points: Int = 10, at: String = "2026-01-10T10:00:00Z") -> String {
        #"{"id":"\#(id)","type":"earn","member":"m","points":\#(points),"at":"\#(at)"}"#
    }

    private func told(_ check: BatchCheck) -> [String] {
        check.findings.map { "\($0.line ?? 0) \($0.code)" }
    }

    @Test("A good batch has no findings")
    func good() {
        let check = check([header(2, 20), earn("a"), earn("b")])
        #expect(check.findings.isEmpty && check.isGood && check.header?.records == 2)
    }

    @Test("Every malformed line is found, under its own number, and what is around them is looked at too")
    func malformed() {
        let check = check([
            header(5, 0), earn("a"), "{", earn("b", at: "2030-01-01T00:00:00Z"), "", earn("c"),
            #"{"id":"x"}"#,
            earn("d", at: "1999-01-01T00:00:00Z"),
        ])
        #expect(told(check) == ["3 malformed", "4 in_future", "5 malformed", "7 malformed", "8 malformed"])
        #expect(!check.isGood && check.header != nil)
    }

    @Test("Malformed rows of CSV are found as well; a malformed header ends the search")
    func csv() {
        let head = "settled-batch/1,merchant=M,batch=b,sequence=1,records=2,totals.earn=20"
        let rows = [
            "a,earn,m,10,2026-01-10T10:00:00Z", "b,earn,m,x,2026-01-10T10:00:00Z", "c,earn,m",
            "d,earn,m,10,2026-01-10T10:00:00Z",
        ]
        #expect(
            told(check([head, "id,type,member,points,at"] + rows, form: .csv)) == [
                "4 malformed", "5 malformed",
            ])
        #expect(told(check([head, "id,type,member,punkte,at"] + rows, form: .csv)) == ["2 malformed"])
        #expect(told(check(["{}"] + [earn("a")])) == ["1 malformed"])
        #expect(told(check([])) == ["1 malformed"])
    }

    @Test("No more lines are searched than are of use")
    func many() {
        let check = check([header(1, 0)] + Array(repeating: "{", count: 500))
        #expect(check.findings.count == BatchCheck.mostMalformed && !check.isGood)
    }

    @Test("Count and every total that differs are found")
    func sums() {
        let check = check([header(3, 5, more: #","redeem":7"#), earn("a"), earn("b")])
        #expect(told(check).sorted() == ["1 count_mismatch", "1 totals_mismatch", "1 totals_mismatch"])
        #expect(Set(check.findings.compactMap(\.field)) == ["records", "totals.earn", "totals.redeem"])
    }

    @Test("Ids that come twice: the same again is a duplicate, something else is refused")
    func ids() {
        let check = check([header(3, 31), earn("a"), earn("a"), earn("a", points: 11)])
        #expect(told(check) == ["3 duplicate", "4 id_reused"])
        #expect(check.findings.map(\.isRefused) == [false, true])
        #expect(self.check([header(2, 20), earn("a"), earn("a")]).isGood)
    }

    @Test("Merchant, key and types are held against each other")
    func parties() {
        let m = MerchantID(verified: "M")
        let opening = #"{"id":"o","type":"opening","member":"m","points":1,"at":"2026-01-10T10:00:00Z"}"#
        let batch = [header(1, 0, more: #","opening":1"#), opening]
        #expect(told(check(batch)) == ["2 operator_only"])
        #expect(told(check(batch, signer: .merchant(m))) == ["2 operator_only"])
        #expect(check(batch, signer: .operator).isGood)
        #expect(told(check([header(0, 0, merchant: "nobody")])) == ["1 merchant_unknown"])
        #expect(
            told(check([header(0, 0)], signer: .merchant(MerchantID(verified: "X")))) == [
                "1 merchant_mismatch"
            ])
        #expect(told(check([header(0, 0)], limit: 10)) == ["0 too_large"])
    }
}
