import ArgumentParser
import Service
import Settlement

extension MemberCommand {
    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace a member's id by a pseudonym in all that is held.",
            discussion: """
                The pseudonym is made from the id with the master secret: the same one always, so that whatever comes of \
                the member later, a refund too, is stored under it, and who has the id finds it by `settled member show`. \
                Nobody makes it without the secret. Yet the digests of what was signed stay: who has the database, or a \
                redacted file and its notice, can try guessed ids against them, and finds a short number in minutes. It is \
                pseudonymous, and as good as ids cannot be guessed: guard the database as before.

                Kept is every point and every amount, every statement with its signature, every receipt, and the order in \
                which all came. Replaced is the id in records, in what closes made of them, in the bytes of batches, in \
                the database and in archives, and so in each DETAILS.csv that is asked for from now on. Marked is what is \
                no longer as it was signed: each of those batches and DETAILS.csv gets a notice that the operator seals, \
                of which bytes were signed and which stand now. `settled rederive` and `settled verify` hold them against \
                it, and say which they are.

                It cannot be undone: nothing keeps the id. Make a backup first only if it is to be kept no longer than \
                the id may be. Backups from before, statements that merchants fetched, and files in the spool stay as they \
                are, and so does the id where another field of a record has it; the report says what to look after, and how many \
                such records there are, and --search names the files in a folder that name the member.

                A backup from before brings the id back. Once it is restored, and before batches come again, run this with \
                the pseudonym for the id: the member whose pseudonym it is is found by the secret.

                Archives that `settled retain` made and that have batches of the member are written anew beside the old \
                files, which go once the database has the new ones in their place. Whichever are needed and not named by \
                --archives are told before anything changes. Of a copy of the data, name copies of the archives. A backup \
                from before fits the old files alone: make a new one at once, and where the older one has to stay \
                restorable copy the old archives to it before this is run; else take it away with them.

                Stop the daemon first, and whatever would start it: settled.socket too. The database is written anew at \
                the end, so that no free page of it has old bytes: twice its size has to be free on the disk. A kill at \
                any moment changes nothing or all; run it again, with the same --archives, and it does what is left. \
                Drafts of archives and backups in the folders of --archives are taken away: make none there meanwhile.

                An id on the command line stands in the shell's history, and others see it while the command runs: with - \
                it is read from standard input, one line. Neither NAME nor TEXT may say it, as part of a word either: both are \
                kept.

                Examples:
                  settled member forget - --by ana --reason 'letter of 3 May' --dry-run --data /var/lib/settled < id.txt
                  systemctl stop settled.socket settled.service settled-backup.timer
                  settled member forget - --by ana --reason 'letter of 3 May' --archives /media/archives \\
                    --search /var/spool/settled --data /var/lib/settled --secret /etc/credstore/settled.master.secret < id.txt
                  systemctl start settled.socket settled.service settled-backup.timer
                """)

        @Argument(
            help: ArgumentHelp(
                "The member's id, as batches have it, or its pseudonym, in data from before; - reads it.",
                valueName: "member"))
        var member: String

        @Option(name: .long, help: ArgumentHelp("Who has it done; it is kept.", valueName: "name"))
        var by: String

        @Option(
            name: .long, help: ArgumentHelp("Why, 1 … 200 bytes on one line; it is kept.", valueName: "text"))
        var reason: String

        @Option(
            name: .long, parsing: .upToNextOption,
            help: ArgumentHelp(
                "Archives that `settled retain` made, or folders in which they are.", valueName: "path"))
        var archives: [String] = []

        @Option(
            name: .long, parsing: .upToNextOption,
            help: ArgumentHelp(
                "Folders in which to look for files that name the member, as the spool: they are told, not changed.",
                valueName: "folder"))
        var search: [String] = []

        @Flag(name: .long, help: "Only say what would be changed; the daemon may run meanwhile.")
        var dryRun = false

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() throws {
            let id = try MemberCommand.id(member)
            guard let person = PersonName(by) else {
                throw Failure.misused(
                    "--by",
                    "expected a name of 1–64 printable characters without space, quote, backslash and comma")
            }
            let folder = try place.folder.open()
            defer { folder.shut() }
            let forgetting = try MemberForgetting(
                MemberForgetting.Request(
                    folder: folder, member: id, person: person, reason: reason, archives: archives,
                    searched: search, isDryRun: dryRun, at: when.instant),
                progress: .terminal())
            if json { print(forgetting.json) } else { for line in forgetting.lines { print(line) } }
            guard forgetting.unfinished.isEmpty else { throw ExitCode(Failure.Kind.trouble.rawValue) }
        }
    }
}
