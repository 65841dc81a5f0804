import ArgumentParser
import Service

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the daemon's configuration, or show what it comes to.",
        discussion: """
            It has three layers. The file is /etc/settled/settled.yaml, or the one of --config; the environment wins \
            over it, by SETTLED_, the section and the key (SETTLED_LISTEN_PORT); the flags of `settled serve` win over \
            both, and may be given here too. Whatever is in none of them has its default. Deploy/settled.yaml explains \
            every key.
            """,
        subcommands: [Check.self, Show.self])
}

extension ConfigCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong with the configuration.",
            discussion: """
                Ends with 1 when anything is: an unknown key, a value of the wrong kind or out of bounds, settings \
                that exclude each other. Nothing is opened that the configuration names.

                Example:
                  settled config check --config /etc/settled/settled.yaml
                """)

        @OptionGroup var options: ConfigurationOptions

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() async throws {
            let reading = try await options.read()
            let listing = ConfigurationListing(reading)
            if json { print(listing.findingsJSON) } else { complain(listing.findings, terminator: "") }
            guard listing.isGood else { throw ExitCode(Failure.Kind.refused.rawValue) }
            if !json { print("\(reading.file ?? "no file, the environment and the flags"): good") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each value and where it comes from: default, file, environment or flag.",
            discussion: """
                A key with the value `-` is not set. Of what is wrong the default is shown; `settled config check` \
                says what it is.

                Examples:
                  settled config show
                  SETTLED_LOG_LEVEL=debug settled config show --json
                """)

        @OptionGroup var options: ConfigurationOptions

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() async throws {
            let listing = ConfigurationListing(try await options.read())
            print(json ? listing.json + "\n" : listing.text, terminator: "")
            complain(listing.findings, terminator: "")
            guard listing.isGood else { throw ExitCode(Failure.Kind.refused.rawValue) }
        }
    }
}
