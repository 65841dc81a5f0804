import Fixtures
import Foundation
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

    private func compare(
        alliance: String, records: String, bookings: String?, expected: String, books: Bool = true
    ) throws -> [String] {
        func text(_ path: String) throws -> String { String(decoding: try SharedFolder.bytes(path), as: UTF8.self) }
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
