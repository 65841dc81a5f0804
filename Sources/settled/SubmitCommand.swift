import ArgumentParser
import Service
import Signing

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Sign a batch, upload it, check and keep the receipt.",
        discussion: """
            Keeps NAME.receipt.json with its .jws and .seal beside the file. Submitting the same file again \
            is harmless: it gives the first receipt.

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
        help: ArgumentHelp("The seal's public keys (JWK set), to check the receipt by.", valueName: "file"))
    var sealKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The merchant's statement key, to check the receipt by.", valueName: "keyfile"))
    var statementKey: String?

    @Flag(name: .long, help: "Print the receipt itself.")
    var json = false

    func run() async throws {
        var receiptKeys: [VerificationKey] = []
        if let sealKey { receiptKeys += try KeyFile.readSet(sealKey) }
        if let statementKey { receiptKeys.append(try KeyFile.readSigning(statementKey).verification) }
        let submission = try Submission(file: file, key: try with.key(), receiptKeys: receiptKeys)
        let outcome = try await submission.send(to: url)
        if json {
            emit(outcome.file.document.bytes)
            return print()
        }
        for line in outcome.lines { print(line) }
    }
}
