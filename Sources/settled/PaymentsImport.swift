import ArgumentParser
import Service
import Store

extension PaymentsCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a statement of the bank: book what was paid, take back what came back.",
            discussion: """
                A statement is camt.053 (version 02 or 08), or CSV with the columns entry,date,amount,currency and, where \
                wanted, end_to_end,account,name,text,returned,group,charges: an amount received is positive, one paid out \
                negative, and rows of one entry are what the bank booked as one.

                An entry that quotes an order, a group of orders or a creditor reference of a run, and is of its amount, is \
                booked under the order's reference, dated as the bank has it. One that came back takes the payment back by \
                its opposite, and the balance is open again. One that only has the account and the amount of an order, or \
                its amount with charges that the file states, is shown, and booked with --accept. The rest waits in \
                `settled payments unmatched` and on the stuck list of `settled status`.

                Where a statement has opening and closing balances, they have to agree with what it booked; one that does \
                not begin where the one before ended is taken, and said.

                A file is taken whole or not at all; again, and an entry that another file has brought, changes nothing. \
                With `four_eyes: true` in the alliance everything is drafted (--draft), for another person to approve.

                Examples:
                  settled payments import 2026-11-30.camt.053.xml --dry-run --as ana --data DIR
                  settled payments import 2026-11-30.camt.053.xml --as ana --data DIR
                """)

        @Argument(help: ArgumentHelp("The bank's file.", valueName: "file"))
        var file: String

        @OptionGroup var person: PersonOptions

        @Flag(name: .long, help: "Draft what would be booked, for somebody to approve.")
        var draft = false

        @Flag(name: .long, help: "Book what is only proposed, too.")
        var accept = false

        @Flag(name: .long, help: "Show what would become of each entry, change nothing.")
        var dryRun = false

        @Flag(name: .long, help: "Print a JSON object, amounts in minor units.")
        var json = false

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        func run() throws {
            let person = try person.person()
            let store = try place.folder.openStore()
            defer { try? store.shut() }
            let report = try BankImportReport(
                importing: file, in: store, by: person, at: when.instant, draft: draft, accept: accept,
                trial: dryRun)
            print(json ? report.json : report.text, terminator: "")
        }
    }
}
