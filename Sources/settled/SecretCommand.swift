import ArgumentParser
import Service

struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Give the master secret a new version, and list those that it has.",
        discussion: """
            Every version stays in the file, a line each: what an old one signed is checked for ever. What the daemon \
            signs after its next start is signed by the last one. The secret itself is read from its file or the \
            service manager's credential only, and never shown.
            """,
        subcommands: [Rotate.self, List.self])
}

extension SecretCommand {
    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a new version, and write it behind the others.",
            discussion: """
                May be done while the daemon runs, which goes on with the version that it started with. The file is \
                replaced whole, mode 0600, of the same owner. One that is a credential of the service is named by \
                --secret, as root; one that is encrypted is decrypted into /run before and encrypted again after: the \
                README's page for administrators has each step.

                Keys of batches stay as they are. Where the old secret may be known to somebody, give each merchant a \
                new one (`settled key add`), which comes of the new version, and revoke the old ones.

                Examples:
                  settled secret rotate --data /var/lib/settled
                  settled secret rotate --data /var/lib/settled --secret /etc/credstore/settled.master.secret
                """)

        @OptionGroup var place: DataOption

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() throws {
            let rotation = try SecretRotation(place.folder)
            if json { print(rotation.json) } else { for line in rotation.lines { print(line) } }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the versions: which is in use, since when, and which waits.",
            discussion: "Example:\n  settled secret list --data DIR --json")

        @OptionGroup var place: DataOption

        @Flag(name: .long, help: "Print a JSON array.")
        var json = false

        func run() throws {
            let open = try place.folder.open()
            defer { open.shut() }
            let listing = try SecretListing(open)
            print(json ? listing.json + "\n" : listing.text, terminator: "")
        }
    }
}
