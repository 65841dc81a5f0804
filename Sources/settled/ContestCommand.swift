import ArgumentParser
import Service
import Settlement
import Signing

struct ContestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contest",
        abstract: "Contest a line of your statement, or a record of yours: signed, and sent to the daemon.",
        discussion: """
            What is signed names the alliance and the time: a daemon takes it within 5 minutes, so that nobody who \
            comes by it opens anything later. The operator keeps it with your signature, and means to answer within \
            30 days; what becomes of it stands in /v1/disputes/N. Contesting the same again is harmless: it opens \
            nothing, and gives the first answer. So a daemon that cannot be reached or has no time is tried again for \
            as long as --wait says.

            The answer is signed and sealed, as a receipt is, and checked by the seal's keys in --seal-key, or in a \
            `seal.jwks` beside the key file. With --out it is kept, to be shown to others: `settled verify` checks it.

            Examples:
              settled contest --url https://settle.example --alliance quayside --key batch_M001_1.key \\
                --period 2026-11 --line 3 --reason "counted twice" --out line-3.json
              settled contest --url https://settle.example --alliance quayside --key batch_M001_1.key \\
                --record T-17 --reason "never sold"
            """)

    @Option(name: .long, help: ArgumentHelp("The daemon, as http://HOST:PORT.", valueName: "url"))
    var url: String

    @Option(name: .long, help: ArgumentHelp("The alliance's id.", valueName: "id"))
    var alliance: String

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
        help: ArgumentHelp(
            "The seal's public keys (JWK set), if they are not in `seal.jwks` beside the key file.",
            valueName: "file"))
    var sealKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where to keep the answer, with .jws and .seal beside it.", valueName: "file"))
    var out: String?

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
        guard let alliance = AllianceID(alliance) else {
            throw Failure.misused("--alliance", "expected the id that the operator's alliance file has")
        }
        let contest = try ContestSubmission(
            alliance: alliance, reference: reference, subject: try subject(), reason: reason,
            key: try with.key(), keys: try sealKeys())
        let outcome = try await contest.send(to: url, retrying: Retries(total: .seconds(wait))) {
            failure, pause in
            complain(
                "\(failure.place): \(failure.problem)\n  trying again in \(pause.components.seconds + 1) s")
        }
        if let out { try outcome.keep(as: out) }
        if !outcome.isVerified {
            complain(
                "warning: the answer's seal is not checked: no key of it is at hand\n"
                    + "  hint: give --seal-key, or keep the operator's \(SealFile.name) beside the key file")
        }
        guard json else {
            for line in [outcome.line] + outcome.checks { print(line) }
            if let out { print("answer kept in \(out)") }
            return
        }
        emit(outcome.document.bytes)
        print()
    }

    private func sealKeys() throws(Failure) -> [VerificationKey] {
        guard let file = sealKey ?? SealFile.beside(with.keyFile) else { return [] }
        return try KeyFile.readSet(file)
    }

    private func subject() throws(Failure) -> Contest.Subject {
        if let period, let line { return .line(line, period: period) }
        guard let id = record.flatMap({ RecordID($0) }) else {
            throw .misused("--record", "expected the id of a record, found \(record ?? "nothing")")
        }
        return .record(id)
    }
}
