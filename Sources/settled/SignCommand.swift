import ArgumentParser
import Service
import Signing

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a batch: FILE.jws beside FILE.",
        discussion: """
            The signature is a detached JWS over the file's exact bytes: change one, and it no longer fits.

            Examples:
              settled sign 2026-11-01.ndjson --key batch_M001_1.key
              settled sign 2026-11-01.csv --key private.pem --kid M001-2027
            """)

    @Argument(help: ArgumentHelp("The batch, NDJSON or CSV.", valueName: "file"))
    var file: String

    @OptionGroup var with: SigningKeyOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let signed = try SignedFile(file, key: try with.key())
        try signed.write()
        print(json ? signed.json : "\(signed.signaturePath) signed by \(signed.keyID)")
    }
}
