import ArgumentParser
import Settlement
import Store

/// Makes the data folder that the daemon under load works in.
struct FoundCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "found", abstract: "Makes a data folder of the bench's alliance, for `settled serve`.",
        discussion: "Prints the instant to start the daemon's clock at: all records lie before it.")

    @Argument(help: "An empty folder for the data.") var folder: String

    func run() throws {
        try BenchAlliance.found(folder, validity: 12).shut()
        try report(["now": Workload.received.text(offsetSeconds: 0, milliseconds: false)])
    }
}
