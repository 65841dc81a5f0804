import ArgumentParser
import Service
import Settlement

struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "What is held about a member.",
        discussion: """
            Members are known by the ids that merchants give them in batches, and by nothing else.
            """,
        subcommands: [Show.self])
}

extension MemberCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show everything that is held about a member, over all merchants.",
            discussion: """
                Every record with its batch, line, period and state; lines that became no record; open lots and debts; \
                what each close made of it, and how many rows of whose DETAILS.csv name it; disputes against its \
                records. It only reads: every record, and every batch with lines that became none, so it takes its time.

                Where batches' bytes are in archives, the records stand in the database all the same; for lines that \
                became none name the archives by --archives.

                Examples:
                  settled member show 8012 --data /var/lib/settled
                  settled member show 8012 --data /var/lib/settled --json > 8012.json
                """)

        @Argument(help: ArgumentHelp("The member's id, as batches have it.", valueName: "member"))
        var member: String

        @OptionGroup var place: DataOption

        @Option(
            name: .long, parsing: .upToNextOption,
            help: ArgumentHelp(
                "Archives that `settled retain` made, or folders in which they are.", valueName: "path"))
        var archives: [String] = []

        @OptionGroup var when: NowOption

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() throws {
            guard let id = MemberID(member) else {
                throw Failure.misused(
                    "member",
                    "expected 1 to 64 bytes of printable ASCII without space, quote, backslash and comma")
            }
            let file = try MemberFile(of: id, in: place.folder, archives: archives, at: when.instant)
            if json { print(file.json) } else { for line in file.lines { print(line) } }
        }
    }
}
