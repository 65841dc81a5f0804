import ArgumentParser
import Store

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Book drafts of payments and adjustments.",
        discussion: """
            All of them or none. Each belongs to the period that its date gives it when it is approved. With \
            `four_eyes: true` in the alliance nobody approves a draft of their own, --key proves who it is, and each is \
            named with the number that `settled bookings --waiting` shows, so that it is the one that was looked at.

            Example:
              settled approve OUT-7#12 OUT-8#13 --as ben --key ben.pem --data /var/lib/settled
            """)

    @OptionGroup var options: DraftOptions

    func run() throws {
        try options.run {
            try $0.approve($1, by: $2, at: options.when.instant, trial: options.dryRun)
        }
    }
}
