import ArgumentParser
import Service
import Signing

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Sign a batch, upload it, check and keep the receipt.",
        discussion: """
            Keeps NAME.receipt.json with its .jws and .seal beside the file. Submitting the same file again \
            is harmless: it gives the first receipt. So a daemon that cannot be reached, has no time or does \
            not answer is tried again, with longer and longer pauses, for as long as --wait says.

            The receipt is checked by the seal's keys in --seal-key, or in a `seal.jwks` beside the key file.

            Example:
              settled submit 2026-11-01.ndjson --url https://settle.example --key batch_M001_1.key \\
                --seal-key seal.jwks
            """)

    @Argument(help: ArgumentHelp("The batch, NDJSON or CSV.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("The daemon, as http://HOST:PORT.", valueName: "url"))
    var url: String

    @OptionGroup var with: SigningKeyOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The seal's public keys (JWK set), if they are not in `seal.jwks` beside the key file.",
            valueName: "file"))
    var sealKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The merchant's statement key, to check the receipt by.", valueName: "keyfile"))
    var statementKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How long to try again while the daemon cannot take it.", valueName: "seconds"))
    var wait = 30

    @Flag(name: .long, help: "Print the receipt itself, or of a refused batch every refused record.")
    var json = false

    func validate() throws {
        guard (0...604_800).contains(wait) else {
            throw ValidationError("--wait: expected 0 … 604800 seconds, found \(wait)")
        }
    }

    func run() async throws {
        var receiptKeys: [VerificationKey] = []
        if let sealKey = sealKey ?? SealFile.beside(with.keyFile) {
            receiptKeys += try KeyFile.readSet(sealKey)
        }
        if let statementKey { receiptKeys.append(try KeyFile.readSigning(statementKey).verification) }
        var submission = try Submission(file: file, key: try with.key(), receiptKeys: receiptKeys)
        submission.listsAll = json
        let outcome = try await submission.send(
            to: url, retrying: Retries(total: .seconds(wait))
        ) { failure, pause in
            complain(
                "\(failure.place): \(failure.problem)\n  trying again in \(pause.components.seconds + 1) s")
        }
        if !outcome.isVerified {
            complain(
                "warning: the receipt's digest matches, its seal is not checked: no key of it is at hand\n"
                    + "  hint: give --seal-key, or keep the operator's \(SealFile.name) beside the key file")
        }
        if json {
            emit(outcome.file.document.bytes)
            return print()
        }
        for line in outcome.lines { print(line) }
    }
}
