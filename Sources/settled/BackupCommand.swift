import ArgumentParser
import Service

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database while the daemon runs, check the copy, and name it.",
        discussion: """
            The copy is of one moment, and merchants' batches go on arriving. It is held against the database, checked \
            row by row, and appears whole or not at all, mode 0600. FILE may be a folder, in which it is called \
            settled-ALLIANCE-DATE.sqlite (.zst if packed), or have {date} in its name; with --keep only the last N of \
            these names stay. A file that is there is never overwritten.

            That it was made, or why not, is written down in the data folder (backup.last), where the daemon's metrics \
            and `settled doctor` read it.

            The master secret is in no backup: keep a copy of it apart.

            Examples:
              settled backup /var/backups/settled/ --keep 30 --zstd --data /var/lib/settled
              settled backup before-{date}.sqlite --data /var/lib/settled
            """)

    @Argument(
        help: ArgumentHelp("The file to make, a name with {date}, or a folder.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last N backups of these names, take older ones away.", valueName: "n"))
    var keep: Int?

    @Flag(name: .long, help: "Pack it as zstd.")
    var zstd = false

    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func validate() throws {
        if let keep, !(1...100_000).contains(keep) {
            throw ValidationError("--keep: expected 1 … 100000, found \(keep)")
        }
    }

    func run() throws {
        let request = Backup.Request(
            data: DataFolder(data), target: file, isPacked: zstd, keep: keep, at: when.instant)
        let backup = try Backup.noted(request, progress: .terminal()) { failure in
            complain("the data folder does not say that there was a backup: \(failure)")
        }
        if json { print(backup.json) } else { for line in backup.lines { print(line) } }
    }
}
