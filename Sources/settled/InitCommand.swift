import ArgumentParser
import Service

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Found an alliance: database, master secret, first keys.",
        discussion: """
            Reads the alliance file and makes the data folder with `settled.sqlite`, `master.secret` (mode \
            0600: whoever reads it can sign as anyone; keep a copy of it in a safe) and `keys/`, where every \
            merchant's key file waits to be handed to it, and `seal.jwks` to be published.

            Example:
              settled init --alliance alliance.yaml --data /var/lib/settled
            """)

    @Option(name: .long, help: ArgumentHelp("The alliance's definition, YAML.", valueName: "file"))
    var alliance: String

    @Option(name: .long, help: ArgumentHelp("The folder to make, or an empty one.", valueName: "dir"))
    var data: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Take the master secret from this file (64 hex digits, or at least 32 bytes), draw none.",
            valueName: "file"))
    var secret: String?

    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let definition = try AllianceFile.read(alliance)
        let founded = try Founding(alliance: definition, at: data, secretFile: secret, now: when.instant)
        guard !json else { return print(founded.json) }
        print("alliance \(founded.alliance) with \(founded.merchants) merchants lives in \(data)")
        print("\(founded.keyFiles.count) key files are in \(founded.folder.keysPath)")
        print("keep a copy of \(founded.folder.ownSecretPath) in a safe: every key is derived from it")
        print("next: settled serve --data \(data)")
    }
}
