import ArgumentParser
import Service

struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain",
        abstract: "Move the bytes of old batches to a sealed archive.",
        discussion: """
            Moves the bytes of batches whose records are all settled or refused in periods older than the last N closed \
            ones. The archive is written whole, sealed and read again before anything is taken out of the database, in \
            one transaction; a kill at any moment loses nothing. Records, receipts, statements and the batches' digests \
            and signatures stay. The daemon may run meanwhile.

            Any zstd unpacks the archive to the batches' bytes, one after the other. Keep it, and copies of it: it is in \
            no backup, and `settled rederive` wants it by --archives. FILE is never overwritten.

            Examples:
              settled retain --periods 13 --archive /media/archives/2026.settled.zst --dry-run --data /var/lib/settled
              settled retain --periods 13 --archive /media/archives/2026.settled.zst --data /var/lib/settled
              settled retain --periods 13 --archive /media/archives/2026.settled.zst --data /var/lib/settled \\
                --secret /etc/credstore/settled.master.secret
            """)

    @Option(
        name: .long, help: ArgumentHelp("How many closed periods keep the bytes of theirs.", valueName: "n"))
    var periods: Int

    @Option(name: .long, help: ArgumentHelp("The archive to make.", valueName: "file"))
    var archive: String

    @Flag(name: .long, help: "Only say what would be moved.")
    var dryRun = false

    @OptionGroup var place: DataOption
    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(periods) else {
            throw ValidationError("--periods: expected 1 … 100000, found \(periods)")
        }
    }

    func run() throws {
        let folder = try place.folder.open()
        defer { folder.shut() }
        let retention = try Retention(
            Retention.Request(
                folder: folder, periods: periods, file: archive, isDryRun: dryRun, at: when.instant),
            progress: .terminal())
        if json { print(retention.json) } else { for line in retention.lines { print(line) } }
    }
}
