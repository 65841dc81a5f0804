import ArgumentParser
import Service
import Store

struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Change the alliance: merchants, status, terms, campaigns, items.",
        discussion: """
            Shows what the file changes (`+` new, `-` gone, `~` changed) and puts it in force. Refuses, with \
            every reason, what would touch closed periods. A merchant without a key gets its first one.

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
        defer { open.shut() }
        let update = try AllianceUpdate(definition, in: open, dryRun: dryRun, now: when.instant)
        if json { print(update.json) } else { show(update) }
        try update.requireAllowed(place: file)
    }

    private func show(_ update: AllianceUpdate) {
        for line in update.lines { print(line) }
        for added in update.keys {
            print("new key \(added.key.id)" + (added.file.map { " in \($0)" } ?? ""))
        }
        if update.lines.isEmpty {
            print("nothing differs")
        } else if !update.isApplied {
            print((dryRun ? "dry run: " : "") + "nothing was changed")
        }
    }
}
