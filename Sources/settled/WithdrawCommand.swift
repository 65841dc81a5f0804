import ArgumentParser
import Store

struct WithdrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Give up drafts of payments and adjustments.",
        discussion: """
            All of them or none. Nothing of them is booked, and their references are free again; that they were \
            there stays in `settled bookings` and in the audit.

            Example:
              settled withdraw OUT-7 --as ana --data /var/lib/settled
            """)

    @OptionGroup var options: DraftOptions

    func run() throws {
        try options.run {
            try $0.withdraw($1, by: $2, at: options.when.instant, trial: options.dryRun)
        }
    }
}
