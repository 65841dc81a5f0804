import Foundation
import Testing

/// The example's alliance as its operator runs it in earnest: two people of whom one approves what the other drafts,
/// accounts to pay by, and for everybody a webhook and a folder.
struct TwoMonths {
    static let merchants = ["bakery", "books", "cinema", "garden"]

    let setting: DeliveryTests.Setting
    var quayside: Quayside { setting.quayside }

    init() throws {
        let kinds = (Self.merchants + ["operator"]).map { ($0, "ok") }
        setting = try DeliveryTests.Setting(
            Dictionary(uniqueKeysWithValues: kinds), changed: Self.inEarnest)
        for name in ["ana", "ben"] {
            let script = """
                umask 077; openssl genpkey -algorithm ed25519 -out "$0"; openssl pkey -in "$0" -pubout -out "$1"
                """
            let publicKey = quayside.scratch.file("\(name).pub").path
            try expectDone(Command.named("bash", ["-ec", script, key(of: name), publicKey]))
            try done(
                ["key", "add", "--operator", "--ed25519", publicKey, "--id", name], on: "2025-03-01")
        }
    }

    private static func inEarnest(_ alliance: String) -> String {
        var text = alliance.replacing("four_eyes: false", with: "four_eyes: true")
            .replacing("\nmerchants:\n", with: "\n\(ours)\nmerchants:\n")
        for (merchant, payment) in theirs {
            text = text.replacing("- id: \(merchant)\n", with: "- id: \(merchant)\n    payment: \(payment)\n")
        }
        return text
    }

    private static let ours = """
        payment:
          minimum: 100
          account: {iban: DE89 3704 0044 0532 0130 00, bic: COBADEFFXXX}
          name: Quayside e.V.
          address: {street: Am Kai, building: '1', postal_code: '20457', town: Hamburg, country: DE}
          creditor_id: DE98ZZZ09999999999
        """

    /// Bakery and bookshop are collected from, the cinema is paid, and the garden centre pays by itself.
    private static let theirs = [
        "bakery":
            "{account: {iban: AT611904300234573201}, mandate: {id: MND-1, signed: 2025-03-01, scheme: core}}",
        "books":
            "{account: {iban: NL91ABNA0417164300}, mandate: {id: MND-2, signed: 2025-03-02, scheme: b2b}}",
        "cinema": "{account: {iban: FR1420041010050500013M02606}, address: {town: Orléans, country: FR}}",
        "garden": "{account: {national: '6222 0000'}}",
    ]

    // MARK: What its people do

    private func key(of name: String) -> String { quayside.scratch.file("\(name).pem").path }

    /// Who does it, with the proof.
    func by(_ name: String) -> [String] { ["--as", name, "--key", key(of: name)] }

    /// What is said of a command that has to end well; at noon of a day, or now.
    @discardableResult
    func done(_ arguments: [String], on day: String? = nil) throws -> String {
        try expectDone(command(arguments, on: day)).output
    }

    /// What is said of one that has to be refused.
    func refused(_ arguments: [String], on day: String? = nil) throws -> String {
        let ran = try command(arguments, on: day).run()
        #expect(ran.status == 1 && ran.output.isEmpty, "\(arguments): \(ran.status) \(ran.output)")
        return ran.errors
    }

    private func command(_ arguments: [String], on day: String?) -> Command {
        let time = day.map { ["--now", "\($0)T12:00:00+02:00"] } ?? []
        return Command(Command.settledPath, arguments + ["--data", quayside.data] + time)
    }

    /// What waits for somebody to approve it, each by the number that it is listed with.
    func drafts() throws -> [String] {
        try done(["bookings", "--waiting"]).matches(of: /\S+#\d+/).map { String($0.output) }
    }

    /// Ben approves all that waits, which has to be so many.
    func approve(_ count: Int, on day: String? = nil) throws {
        let drafts = try drafts()
        #expect(drafts.count == count, "\(drafts)")
        try done(["approve"] + drafts + by("ben"), on: day)
        #expect(try self.drafts().isEmpty)
    }

    // MARK: What it sends

    /// Waits until everybody was sent so much; gives what came to one's webhook, in order.
    func messages(_ counts: [String: Int]) throws -> [String: [Receiver.Message]] {
        let all = try setting.receiver.await("\(counts)") { messages in
            counts.allSatisfy { owner, count in
                messages.count { $0.path == "/\(owner)/ok" } >= count
            }
        }
        return Dictionary(grouping: all) { String($0.path.split(separator: "/")[0]) }
    }

    /// Where a notice of a type stands in one's folder. Each way has ids of its own: this is not the webhook's.
    func notice(of type: String, to owner: String) throws -> String {
        let all = try setting.deliveries("--all", "--merchant", owner)
        let notice = all.last { $0["by"] as? String == "folder" && $0["type"] as? String == type }
        let id = try #require(notice?["id"] as? String, "\(all)")
        return "\(owner)/notices/\(id).json"
    }

    /// A file as it stands in a receiver's folder, once it is there.
    func delivered(_ path: String) throws -> String {
        for _ in 0..<1_800 {
            if let data = FileManager.default.contents(atPath: "\(setting.out)/\(path)") {
                return String(decoding: data, as: UTF8.self)
            }
            usleep(100_000)
        }
        throw Missing(path: path)
    }

    struct Missing: Error { let path: String }
}

/// A merchant's statement, as far as the story looks at it. Amounts are in cents.
struct ToldStatement: Decodable {
    struct Balance: Decodable, Equatable {
        let opening, activity, payments, closing: Int

        init(_ opening: Int, _ activity: Int, _ payments: Int, _ closing: Int) {
            (self.opening, self.activity) = (opening, activity)
            (self.payments, self.closing) = (payments, closing)
        }
    }

    struct Line: Decodable {
        let kind: String
        let reference: String?
        let amount: Int
    }

    let balance: Balance
    let lines: [Line]
}

/// The operator's closing, likewise.
struct ToldClosing: Decodable {
    struct Position: Decodable {
        let merchant: String
        let activity, closing: Int
    }

    struct Operator: Decodable { let activity, closing: Int }

    let positions: [Position]
    let `operator`: Operator
}
