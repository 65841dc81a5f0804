import ArgumentParser
import Service
import Settlement
import Store

extension PaymentsCommand {
    struct Unmatched: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the bank booked and nothing is known of; and how one is settled by hand.",
            discussion: """
                Each entry has a number. --accept books what is proposed for it; --entry says which payments of a merchant \
                it is, which `settled pay` has recorded before and which come to its amount; --ignore says why it is of no \
                merchant, as the bank's own fees are; --reopen says why what settled it was wrong, and it waits again.

                An entry of several orders, some of whose drafts were withdrawn, is partly_settled: --accept drafts the \
                missing ones.

                --order says which order an entry is, also where the bank did not quote it. Where its amount is another, \
                --charges says what the bank kept, or took beside it: the order is booked whole, so that the merchant's \
                balance is settled, and the charges are the operator's. It may name a group that was booked as one, too, and \
                --charges says the same with --entry. --partial books what came, and ends the order: \
                the rest is open again, and the next run's.

                Examples:
                  settled payments unmatched --data DIR
                  settled payments unmatched --ignore 4 --ignore 5 --reason "the bank's fee" --as ana --data DIR
                  settled payments unmatched --entry 7 --merchant M001 --payment BANK-0412 --as ana --data DIR
                  settled payments unmatched --accept 8 --as ana --data DIR
                  settled payments unmatched --accept 9 --order R7-M001 --charges 5.00 --as ana --data DIR
                  settled payments unmatched --accept 9 --order R7-M001 --partial --as ana --data DIR
                  settled payments unmatched --reopen 4 --reason "no fee, a refund" --as ana --data DIR
                """)

        @Option(name: .long, help: ArgumentHelp("An entry that is of no merchant.", valueName: "number"))
        var ignore: [Int64] = []

        @Option(name: .long, help: ArgumentHelp("An entry that was settled wrongly.", valueName: "number"))
        var reopen: [Int64] = []

        @Option(name: .long, help: ArgumentHelp("With --ignore and --reopen: why.", valueName: "text"))
        var reason: String?

        @Option(
            name: .long, help: ArgumentHelp("An entry that is payments of a merchant.", valueName: "number"))
        var entry: Int64?

        @Option(name: .long, help: ArgumentHelp("With --entry: whose payments.", valueName: "id"))
        var merchant: String?

        @Option(name: .long, help: ArgumentHelp("With --entry: a payment's reference.", valueName: "ref"))
        var payment: [String] = []

        @Option(name: .long, help: ArgumentHelp("An entry that is what is proposed.", valueName: "number"))
        var accept: [Int64] = []

        @Option(
            name: .long,
            help: ArgumentHelp(
                "With --accept: the order, or the group of orders, that the entry is.", valueName: "ref"))
        var order: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "With --order and --entry: what the bank charged, in major units.", valueName: "amount"))
        var charges: String?

        @Flag(name: .long, help: "With --order: the entry is a part of it, and no more comes.")
        var partial = false

        @Flag(name: .long, help: "With --accept: draft it, for somebody to approve.")
        var draft = false

        @Option(name: .customLong("as"), help: ArgumentHelp("Who settles it.", valueName: "name"))
        var name: String?

        @Option(
            name: .customLong("key"),
            help: ArgumentHelp(
                "The person's own Ed25519 private key, as proof; needed with four_eyes.", valueName: "keyfile"
            ))
        var keyFile: String?

        @Flag(name: .long, help: "Print a JSON object a line, amounts in minor units.")
        var json = false

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        func validate() throws {
            let acts = [!ignore.isEmpty, !reopen.isEmpty, entry != nil, !accept.isEmpty].count { $0 }
            guard acts <= 1 else {
                throw ValidationError("expected one of --ignore, --reopen, --entry and --accept")
            }
            guard (ignore.isEmpty && reopen.isEmpty) == (reason == nil) else {
                throw ValidationError("expected --reason TEXT with --ignore or --reopen, and only there")
            }
            guard entry == nil ? merchant == nil && payment.isEmpty : merchant != nil && !payment.isEmpty
            else {
                throw ValidationError("expected --entry, --merchant and --payment together")
            }
            guard order == nil || accept.count == 1, order != nil || !partial,
                order != nil || entry != nil || charges == nil, charges == nil || !partial
            else {
                throw ValidationError(
                    "expected --order with one --accept, and there --charges or --partial, or --charges with --entry"
                )
            }
            guard (acts == 1) == (name != nil), acts == 1 || keyFile == nil, !draft || !accept.isEmpty else {
                throw ValidationError("expected --as NAME where an entry is settled, and only there")
            }
        }

        func run() throws {
            let store = try place.folder.openStore()
            defer { try? store.shut() }
            if let name { try settle(in: store, by: Person(named: name, keyFile: keyFile)) }
            let listing = try UnmatchedListing(store)
            print(json ? listing.json : listing.text, terminator: "")
        }

        private func settle(in store: Store, by person: Person) throws {
            if let reason, !reopen.isEmpty {
                try store.reopenBankLines(reopen, because: reason, by: person, at: when.instant)
            } else if let reason {
                try store.ignoreBankLines(ignore, because: reason, by: person, at: when.instant)
            } else if let entry, let merchant {
                let names = try DraftName.names(payment, of: merchant)
                guard let owner = names.first?.merchant, names.allSatisfy({ $0.number == nil }) else {
                    throw Failure.misused("--payment", "expected the reference of a payment that is booked")
                }
                try store.settleBankLine(
                    entry, as: names.map(\.reference), of: owner, charges: charges(in: store) ?? .zero,
                    by: person, at: when.instant)
            } else if let order {
                let saying = try saying(order, in: store)
                try store.acceptBankLine(accept[0], as: saying, by: person, at: when.instant, draft: draft)
            } else {
                try store.acceptBankLines(accept, by: person, at: when.instant, draft: draft)
            }
        }

        private func saying(_ order: String, in store: Store) throws -> BankSaying {
            guard let reference = BookingReference(order) else {
                throw Failure.misused("--order", "\(order) is no reference")
            }
            guard let charges = try charges(in: store) else {
                return BankSaying(order: reference, extent: partial ? .part : .whole(charges: .zero))
            }
            return BankSaying(order: reference, extent: .whole(charges: charges))
        }

        private func charges(in store: Store) throws -> Money? {
            guard let charges else { return nil }
            let currency = try store.schedule().alliance.currency
            guard let amount = currency.money(charges), amount > .zero else {
                throw Failure.misused(
                    "--charges", "expected an amount as \(currency.moneyExample), more than 0")
            }
            return amount
        }
    }
}
