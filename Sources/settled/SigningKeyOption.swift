import ArgumentParser
import Service
import Signing

/// What signs.
struct SigningKeyOption: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "The key file that the operator handed out, or a PEM of an Ed25519 private key.",
            valueName: "keyfile"))
    var keyFile: String

    @Option(
        name: .long, help: ArgumentHelp("The key's id, which a PEM does not say.", valueName: "key-id"))
    var kid: String?

    /// Reads it.
    func key() throws(Failure) -> SigningKey { try KeyFile.readSigning(keyFile, id: kid) }
}
