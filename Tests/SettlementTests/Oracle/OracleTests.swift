import Fixtures
import Oracle
import Testing

/// The oracle itself is held against figures that others worked out.
@Suite("The oracle agrees with the acceptance figures")
struct OracleTests {
    @Test(
        "Every small history of the acceptance cases comes out equal",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func cases() throws {
        let names = try SharedFolder.names(in: "acceptance/cases").filter { $0 != "README.md" }
        for name in names {
            let folder = "acceptance/cases/\(name)"
            let hasBookings = try SharedFolder.names(in: folder).contains("bookings.csv")
            let differences = try compare(
                alliance: "\(folder)/alliance.yaml", records: "\(folder)/records.csv",
                bookings: hasBookings ? "\(folder)/bookings.csv" : nil, expected: "\(folder)/expected.json")
            #expect(differences == [], "\(name)")
        }
        #expect(names.count == 53)
    }

    @Test(
        "A real ledger of 1,912 records comes out equal, points being good for a year or a month",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)),
        arguments: ["year", "month"])
    func ledger(validity: String) throws {
        let differences = try compare(
            alliance: "data/x5/alliance-\(validity).yaml", records: "data/x5/records.csv", bookings: nil,
            expected: "acceptance/expected-\(validity).json", books: false)
        #expect(differences == [])
    }

    @Test("One figure that differs is one difference, told with its place")
    func difference() throws {
        let expected = try OracleFigure(json: Array(#"[{"a":[1,null],"b":"x"}]"#.utf8))
        let found = try OracleFigure(json: Array(#"[{"a":[2,null],"b":"x"}]"#.utf8))
        #expect(OracleFigure.differences(expected: expected, found: expected) == [])
        #expect(
            OracleFigure.differences(expected: expected, found: found) == ["[0].a[0]: expected 1, found 2"])
        #expect(throws: OracleTrouble.self) { try OracleFigure(json: Array("[0.5]".utf8)) }
    }

    private func compare(
        alliance: String, records: String, bookings: String?, expected: String, books: Bool = true
    ) throws -> [String] {
        func text(_ path: String) throws -> String {
            String(decoding: try SharedFolder.bytes(path), as: UTF8.self)
        }
        let figures = try OracleFigure(json: SharedFolder.bytes(expected))
        guard case .array(let periods) = figures, case .object(let last)? = periods.last,
            case .text(let through)? = last["period"]
        else { return ["\(expected) is no list of periods"] }
        let settled = try Oracle.run(
            alliance: text(alliance), records: text(records), bookings: bookings.map(text), through: through)
        return OracleFigure.differences(
            expected: figures, found: .array(settled.map { $0.figures(books: books) }))
    }
}
