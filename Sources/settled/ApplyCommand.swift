import ArgumentParser
import Service
import Store

struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Change the alliance: merchants, status, terms, campaigns, items.",
        discussion: """
            Shows what the file changes (`+` new, `-` gone, `~` changed) and puts it in force. Refuses, with \
            every reason, what would touch closed periods. A new merchant gets its first key.

            Example:
              settled apply alliance.yaml --data /var/lib/settled --dry-run
            """)

    @Argument(help: ArgumentHelp("The alliance's new definition, YAML.", valueName: "file"))
    var file: String

    @OptionGroup var place: DataOption
    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Show the difference, change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let definition = try AllianceFile.read(file)
        let open = try place.folder.open()
        let update = try AllianceUpdate(definition, from: file, in: open, dryRun: dryRun, now: when.instant)
        guard !json else { return print(update.json) }
        for line in update.lines { print(line) }
        for added in update.keys {
            print("new key \(added.key.id)" + (added.file.map { " in \($0)" } ?? ""))
        }
        if update.lines.isEmpty {
            print("nothing differs")
        } else if dryRun {
            print("dry run: nothing was changed")
        }
    }
}
