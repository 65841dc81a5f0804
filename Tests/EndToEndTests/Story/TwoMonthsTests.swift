import Foundation
import Testing

/// The example's two months as one story, with all that happens between a close and the next: played by the built
/// binary, over real sockets and files. The figures are worked out by hand.
@Suite("Two months of an alliance")
struct TwoMonthsTests {
    @Test(
        "From signed batches to books: statements sent, balances paid and given back, a line contested"
    )
    func story() async throws {
        try await offPool {
            let house = try TwoMonths()
            let daemon = try house.setting.daemon()
            try Self.march(house, daemon)
            try Self.pay(house)
            try Self.contest(house, daemon)
            try Self.april(house, daemon)
            try Self.expectAllSent(house)
            try Self.expectNextRun(house)
            try Self.expectProven(house)
            #expect(daemon.stop() == 0)
        }
    }

    // MARK: March

    /// In cents. bakery: −800 for 1,600 points, +45 for 100 spent at itself, fees −1 and −500, VAT −95.
    /// books: +250 for 500 points, −144 for 240 of its own, fees −8 (of 7.5, to even) and −500, VAT −97.
    /// cinema: +132 for 240 points, fee −3, VAT −1. garden: −300 for 600 points, −148 for the campaign's 270.
    private static let closedMarch: [String: ToldStatement.Balance] = [
        "bakery": .init(0, -1351, 0, -1351), "books": .init(0, -499, 0, -499),
        "cinema": .init(0, 128, 0, 128),
        "garden": .init(0, -448, 0, -448),
    ]

    private static func march(_ house: TwoMonths, _ daemon: Daemon) throws {
        try house.quayside.submit("2025-03", to: daemon)
        try house.done(["close", "2025-03"])
        try expect(closedMarch, of: "2025-03", house)
        let came = try house.messages(["bakery": 2, "books": 2, "cinema": 2, "garden": 3, "operator": 1])
        for merchant in TwoMonths.merchants {
            let statement = try #require(came[merchant]?.last)
            #expect(statement.type == "statement.issued" && statement.signed, "\(merchant): \(statement)")
            #expect(
                statement.told.contains(#""balance":\#(closedMarch[merchant]?.closing ?? 0),"#),
                "\(merchant): \(statement.told)")
        }
    }

    /// What stands in the merchants' folders; of each the lines come to the activity.
    private static func expect(
        _ balances: [String: ToldStatement.Balance], of period: String, _ house: TwoMonths
    ) throws {
        for merchant in TwoMonths.merchants {
            let text = try house.delivered("\(merchant)/\(period)/STATEMENT.json")
            let statement = try JSONDecoder().decode(ToldStatement.self, from: Data(text.utf8))
            #expect(statement.balance == balances[merchant], "\(merchant)")
            #expect(statement.lines.reduce(0) { $0 + $1.amount } == statement.balance.activity, "\(merchant)")
        }
        let text = try house.delivered("operator/\(period)/CLOSING.json")
        let closing = try JSONDecoder().decode(ToldClosing.self, from: Data(text.utf8))
        let positions = closing.positions
        #expect(
            Dictionary(uniqueKeysWithValues: positions.map { ($0.merchant, $0.closing) })
                == balances.mapValues(\.closing))
        #expect(positions.reduce(closing.operator.activity) { $0 + $1.activity } == 0)
        #expect(positions.reduce(closing.operator.closing) { $0 + $1.closing } == 0)
    }

    // MARK: April

    /// The activity is that of the quickstart, −559 and −450 for bakery and bookshop, and adjustments of 125 and 200. What
    /// was collected from the bookshop came back: its payments come to nothing, and it owes all of it still.
    private static let closedApril: [String: ToldStatement.Balance] = [
        "bakery": .init(-1351, -434, 1351, -434), "books": .init(-499, -250, 0, -749),
        "cinema": .init(128, 194, -128, 194), "garden": .init(-448, 256, 448, 256),
    ]

    private static func april(_ house: TwoMonths, _ daemon: Daemon) throws {
        try house.quayside.submit("2025-04", to: daemon)
        try house.done(["close", "2025-04"])
        try expect(closedApril, of: "2025-04", house)
        for (merchant, reference, amount) in [("bakery", "D-1", 125), ("books", "GW-1", 200)] {
            let text = try house.delivered("\(merchant)/2025-04/STATEMENT.json")
            let lines = try JSONDecoder().decode(ToldStatement.self, from: Data(text.utf8)).lines
            let adjusted = lines.filter { $0.kind == "adjustment" }
            #expect(adjusted.map(\.reference) == [reference] && adjusted.map(\.amount) == [amount], "\(text)")
        }
        for (merchant, balance) in closedApril {
            #expect(balance.opening == closedMarch[merchant]?.closing)
            #expect(balance.opening + balance.activity + balance.payments == balance.closing)
        }
    }

    // MARK: What is left of it

    /// Everybody was sent all, in order and once, by webhook; and the folders have the same, byte for byte.
    private static func expectAllSent(_ house: TwoMonths) throws {
        let (receipt, statement) = ("receipt.issued", "statement.issued")
        let expected = [
            "bakery": [receipt, statement, "dispute.answered", receipt, statement],
            "books": [receipt, statement, receipt, statement],
            "cinema": [receipt, statement, receipt, statement],
            "garden": [receipt, receipt, statement, receipt, statement],
            "operator": ["closing.issued", "closing.issued"],
        ]
        let came = try house.messages(expected.mapValues(\.count))
        struct Told: Decodable { let batch, period: String? }
        for (owner, types) in expected {
            let messages = came[owner, default: []]
            #expect(messages.map(\.type) == types && Set(messages.map(\.id)).count == types.count, "\(owner)")
            for message in messages {
                let told = try JSONDecoder().decode(Told.self, from: Data(message.told.utf8))
                let file =
                    switch message.type {
                    case receipt: "\(owner)/receipts/\(told.batch ?? "")/RECEIPT.json"
                    case statement: "\(owner)/\(told.period ?? "")/STATEMENT.json"
                    case "closing.issued": "\(owner)/\(told.period ?? "")/CLOSING.json"
                    default: try house.notice(of: message.type, to: owner)
                    }
                let text = try house.delivered(file)
                #expect(message.signed, "\(file)")
                #expect(message.document == nil || message.document == text, "\(file)")
            }
        }
        try house.setting.awaitAllDelivered()
    }

    /// The next run has what is open now, all of it: nothing of the first one is under way any more.
    private static func expectNextRun(_ house: TwoMonths) throws {
        struct Run: Decodable {
            struct Item: Decodable {
                let merchant: String
                let amount, underWay: Int
            }

            let run: Int
            let items: [Item]
        }
        let text = try house.done(["payments", "run", "2025-04", "--json"], on: "2025-05-02")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let run = try decoder.decode(Run.self, from: Data(text.utf8))
        #expect(run.run == 2 && run.items.allSatisfy { $0.underWay == 0 }, "\(text)")
        #expect(
            Dictionary(uniqueKeysWithValues: run.items.map { ($0.merchant, $0.amount) })
                == closedApril.mapValues(\.closing))
    }

    /// Whoever checks it finds it good: by seal and sums, from the signed batches again, and in the books.
    private static func expectProven(_ house: TwoMonths) throws {
        let data = house.quayside.data
        let verified = try expectDone(
            Command.settled("verify", house.setting.out, "--jwks", "\(data)/keys/seal.jwks"))
        #expect(verified.lastLine == "good", "\(verified.output)")
        #expect(try expectDone(.settled("rederive", "--data", data)).lastLine == "all is as it was derived")
        let journal = JournalTests()
        let path = try house.quayside.scratch.write(
            try house.done(["export", "journal", "2025-04", "--from", "2025-03", "--format", "hledger"]),
            to: "books.journal")
        try expectDone(Command.named("hledger", ["check", "-f", path]))
        let balances = try journal.hledger(path, digits: 2).filter { $0.value != 0 }
        #expect(try balances == journal.closing(data, "2025-04"))
        #expect(balances.values.reduce(0, +) == 0)
        // 13.51 and 4.48 came, 1.28 went; what came from the bookshop went back.
        #expect(balances["bank"] == 1671 && balances["adjustments"] == 325)
        for (merchant, balance) in closedApril {
            #expect(balances["receivable:\(merchant)"] == Int64(-balance.closing), "\(merchant)")
        }
    }
}
