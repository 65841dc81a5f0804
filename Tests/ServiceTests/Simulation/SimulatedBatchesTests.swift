import Foundation
import Settlement
import Testing

@testable import Service

@Suite("A records file, cut into batches")
struct SimulatedBatchesTests {
    private let last = Instant(milliseconds: 1_770_000_000_000)

    private func batches(_ text: String) throws -> (SimulatedBatches, String) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "records-\(UUID().uuidString).csv"
        ).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return (try SimulatedBatches(path: path, alliance: Self.alliance, unreceived: last), path)
    }

    private static let alliance = Alliance(
        id: AllianceID(verified: "test"), name: "Test", currency: Currency(code: "EUR", exponent: 2),
        timezone: "Etc/UTC", period: .month, start: LocalDate(dayNumber: 20_454),
        merchants: ["M", "N"].map { id in
            Merchant(
                id: MerchantID(verified: id), name: id,
                terms: [
                    Terms(
                        from: LocalDate(dayNumber: 20_454), funding: .issue, issuePrice: .init(millionths: 1),
                        redeemPrice: .init(millionths: 1))
                ])
        })

    @Test(
        "By instant of receipt, then merchant, then runs of one signer; those without an instant come first")
    func order() throws {
        let (cut, _) = try batches(
            """
            merchant,id,type,member,points,at,received
            M,a,earn,x,1,2026-01-01T00:00:00Z,2026-01-03T00:00:00Z
            N,b,earn,x,2,2026-01-01T00:00:00Z,2026-01-03T01:00:00+01:00
            M,c,opening,x,3,2026-01-01T00:00:00Z,2026-01-03T00:00:00Z
            M,d,earn,x,4,2026-01-01T00:00:00Z,2026-01-03T00:00:00Z
            M,e,earn,x,5,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z
            N,f,earn,x,6,2026-01-01T00:00:00Z,
            M,g,earn,x,7,2026-01-01T00:00:00Z,2026-01-03T00:00:00Z
            """)
        let rows = cut.batches.map { "\($0.merchant) \($0.signer) \($0.rows)" }
        #expect(
            rows == [
                "N merchant [5]", "M merchant [4]", "M merchant [0]", "M operator [2]", "M merchant [3, 6]",
                "N merchant [1]",
            ])
        #expect(cut.batches.map(\.comesFirst) == [true, false, false, false, false, false])
        #expect(cut.batches.first?.received == last)
    }

    @Test("A batch's bytes hold its rows and their totals, and lead back to the file's lines")
    func bytes() throws {
        let (cut, path) = try batches(
            """
            received,type,merchant,id,member,points,at,store
            ,earn,M,a,x,100,2026-01-01T00:00:00Z,
            ,redeem,N,b,y,7,2026-01-01T00:00:00Z,s
            ,earn,M,c,"z",20,2026-01-02T00:00:00Z,s
            """)
        let batch = try #require(cut.batches.first)
        let text = String(decoding: cut.bytes(of: batch, id: "merchant-1", sequence: 1), as: UTF8.self)
        #expect(
            text == """
                settled-batch/1,merchant=M,batch=merchant-1,sequence=1,records=2,totals.earn=120
                type,id,member,points,at,store
                earn,a,x,100,2026-01-01T00:00:00Z,
                earn,c,z,20,2026-01-02T00:00:00Z,s

                """)
        #expect(cut.place(of: 3, in: batch) == "\(path):2")
        #expect(cut.place(of: 4, in: batch) == "\(path):4")
        #expect(cut.place(of: nil, in: batch) == path)
    }

    @Test(
        "What is no records file is refused, with the line",
        arguments: [
            ("merchant,id,type,member,points\nM,a,earn,x,1", 1, "column at is missing"),
            ("merchant,id,type,member,points,at,stor\n", 1, "unknown column stor"),
            ("merchant,id,type,member,points,at,at\n", 1, "twice"),
            ("merchant,id,type,member,points,at\nM,a,earn,x,1\n", 2, ""),
            (
                "merchant,id,type,member,points,at\nM,a,earn,x,1,2026-01-01T00:00:00Z\nQ,a,earn,x,1,2026-01-01T00:00:00Z",
                3, "no merchant Q"
            ),
            ("merchant,id,type,member,points,at,received\nM,a,earn,x,1,2026-01-01T00:00:00Z,soon", 2, "soon"),
            ("", 1, ""),
        ])
    func refused(text: String, line: Int, reason: String) {
        let failure = #expect(throws: Failure.self) { try batches(text) }
        #expect(failure?.kind == .refused)
        #expect(failure?.place.hasSuffix(".csv:\(line)") == true, "\(String(describing: failure))")
        #expect(reason.isEmpty || failure?.problem.contains(reason) == true, "\(String(describing: failure))")
    }
}
