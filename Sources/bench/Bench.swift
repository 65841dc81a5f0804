import ArgumentParser

/// What `Deploy/bench` runs: each measurement is one command, which prints one JSON object.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the stages of settled on seeded records.",
        discussion: """
            Each command prints one JSON object: how many records, how long, how many bytes. Deploy/bench runs \
            them beside the limits of the machine and prints the ratios; a figure alone says little.
            """,
        subcommands: [
            WorkloadCommand.self, ScanCommand.self, SignatureCommand.self, EngineCommand.self,
            FoundCommand.self, IntakeCommand.self, ClosingCommand.self, HTTPCommand.self,
        ])
}
