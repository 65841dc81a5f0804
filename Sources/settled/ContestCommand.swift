import ArgumentParser
import Service
import Settlement

struct ContestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contest",
        abstract: "Contest a line of your statement, or a record of yours: signed, and sent to the daemon.",
        discussion: """
            The operator keeps what you signed with your signature, and means to answer within 30 days; what becomes of \
            it stands in /v1/disputes/N. Contesting the same again is harmless: it opens nothing, and gives the first \
            answer. So a daemon that cannot be reached or has no time is tried again for as long as --wait says.

            Examples:
              settled contest --url https://settle.example --key batch_M001_1.key --period 2026-11 --line 3 \\
                --reason "counted twice"
              settled contest --url https://settle.example --key batch_M001_1.key --record T-17 --reason "never sold"
            """)

    @Option(name: .long, help: ArgumentHelp("The daemon, as http://HOST:PORT.", valueName: "url"))
    var url: String

    @OptionGroup var with: SigningKeyOption

    @Option(name: .long, help: ArgumentHelp("The closed period of the statement.", valueName: "period"))
    var period: String?

    @Option(name: .long, help: ArgumentHelp("The line of it, counted from 1.", valueName: "n"))
    var line: Int?

    @Option(name: .long, help: ArgumentHelp("A record that you reported.", valueName: "id"))
    var record: String?

    @Option(name: .long, help: ArgumentHelp("What is wrong, 1 … 1000 bytes on one line.", valueName: "text"))
    var reason: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your own name for it, used once; if left out, one that is made of what is contested.",
            valueName: "ref"))
    var reference: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long to try again while the daemon cannot take it.", valueName: "seconds"))
    var wait = 30

    @Flag(name: .long, help: "Print the answer itself.")
    var json = false

    func validate() throws {
        guard (0...604_800).contains(wait) else {
            throw ValidationError("--wait: expected 0 … 604800 seconds, found \(wait)")
        }
        guard (period == nil) == (line == nil), (line == nil) != (record == nil) else {
            throw ValidationError("expected --period and --line, or --record")
        }
    }

    func run() async throws {
        let contest = try ContestSubmission(
            reference: reference, subject: try subject(), reason: reason, key: try with.key())
        let outcome = try await contest.send(to: url, retrying: Retries(total: .seconds(wait))) {
            failure, pause in
            complain(
                "\(failure.place): \(failure.problem)\n  trying again in \(pause.components.seconds + 1) s")
        }
        guard json else { return print(outcome.line) }
        emit(outcome.bytes)
        print()
    }

    private func subject() throws(Failure) -> Contest.Subject {
        if let period, let line { return .line(line, period: period) }
        guard let id = record.flatMap({ RecordID($0) }) else {
            throw .misused("--record", "expected the id of a record, found \(record ?? "nothing")")
        }
        return .record(id)
    }
}
