import ArgumentParser
import Foundation
import Service
import Settlement

struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "What is held about a member, and forgetting it.",
        discussion: """
            Members are known by the ids that merchants give them in batches, and by nothing else.
            """,
        subcommands: [Show.self, Forget.self])

    /// An id as it was typed, or for `-` as it stands in standard input, on one line. It is not said again: it may be
    /// one that nobody is to know.
    static func id(_ text: String) throws(Failure) -> MemberID {
        let typed = text == "-" ? try readOne() : text
        guard let id = MemberID(typed) else {
            throw Failure.misused(
                text == "-" ? "standard input" : "member",
                "expected 1 to 64 bytes of printable ASCII without space, quote, backslash and comma")
        }
        return id
    }

    /// The only line of standard input that has anything; at a terminal the first one. Throws `misused` where there are
    /// more: one of several would be passed over.
    private static func readOne() throws(Failure) -> String {
        var found = ""
        while let line = readLine()?.trimmingWhitespace {
            guard !line.isEmpty else { continue }
            guard found.isEmpty else {
                throw .misused("standard input", "has more than one line: give one id, and run it for each")
            }
            found = line
            if isatty(STDIN_FILENO) == 1 { break }
        }
        return found
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
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

                A member who was forgotten is shown by the pseudonym, and by the id that it had: that takes the master \
                secret, as nothing else tells one from the other.

                Examples:
                  settled member show 8012 --data /var/lib/settled
                  settled member show 8012 --data /var/lib/settled --json > 8012.json
                  settled member show - --data /var/lib/settled < id.txt
                """)

        @Argument(
            help: ArgumentHelp("The member's id, as batches have it; - reads it.", valueName: "member"))
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
            let file = try MemberFile(
                of: MemberCommand.id(member), in: place.folder, archives: archives, at: when.instant)
            if json { print(file.json) } else { for line in file.lines { print(line) } }
        }
    }
}
