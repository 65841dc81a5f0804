import ArgumentParser
import Service

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup back as the database of a data folder, and say what to do next.",
        discussion: """
            The folder is made, or has no database yet: none is overwritten. The backup, packed or not, is checked as a \
            whole before it gets its name; one of an older program is taken forward, one of a newer program is refused. \
            Where the master secret is at hand (DIR/master.secret, or --secret) it has to be the one that the data is \
            signed by.

            What came after the backup was made is not in it. Merchants send it again: the same bytes are stored once. \
            Let no period close before (`serve --no-automatic-close`).

            Example:
              settled restore /var/backups/settled/settled-quayside-20261129T020000Z.sqlite.zst --data /var/lib/settled
            """)

    @Argument(help: ArgumentHelp("What `settled backup` made.", valueName: "file"))
    var file: String

    @OptionGroup var place: DataOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let restored = try Restoration(
            file, into: place.folder, progress: .terminal(), upgrading: DataFolder.tell)
        if json { print(restored.json) } else { for line in restored.lines { print(line) } }
    }
}
