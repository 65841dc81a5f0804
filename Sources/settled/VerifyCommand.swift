import ArgumentParser
import Service

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a receipt, statement or closing by its signature or its seal, or a folder of them.",
        discussion: """
            Looks for FILE.jws (the signature by a shared key) and FILE.seal (the operator's seal, which \
            third parties can check), and for DETAILS.csv beside a statement. At least one of both \
            signatures has to be checked and good. A DETAILS.csv that is not the file which the statement names is taken \
            only with REDACTION.json beside it, in which the operator says that members were forgotten: of this statement \
            and this file, and itself checked: by its seal where keys of the seal are at hand, else by its signature.

            The figures of a statement have to add up: with the rows of DETAILS.csv where that is there, its fees with the \
            lines that they are of, its balance and points; those of a closing with its journal.

            Of a folder, every document in it and below is checked so, and that each statement and closing names the \
            digest of the one before it and opens with what that closed with, and each closing names those of its \
            statements; a missing link is named.

            Without a key it takes a `seal.jwks` beside the file or up to two folders above.

            Examples:
              settled verify STATEMENT.json
              settled verify STATEMENT.json --jwks seal.jwks
              settled verify STATEMENT.json --key M001-statement.key
              settled verify CLOSING.json --data /var/lib/settled
              settled verify statements --jwks seal.jwks
            """)

    @Argument(help: ArgumentHelp("The document, or a folder.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("A key file, a secret or a public key.", valueName: "keyfile"))
    var key: String?

    @Option(name: .long, help: ArgumentHelp("The seal's public keys, a JWK set.", valueName: "file"))
    var jwks: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The operator's data folder, whose secret knows all keys.", valueName: "dir"))
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The master secret, if it is not DIR/master.secret.", valueName: "file"))
    var secret: String?

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let keys = try DocumentKeys(
            keyFile: key, jwks: try jwks ?? sealFile(), folder: data.map { DataFolder($0, secret: secret) })
        if FolderCheck.isFolder(file) {
            let check = try FolderCheck(folder: file, keys: keys)
            return try show(check.json, check.lines, isGood: check.isGood)
        }
        let check = try DocumentCheck(file: file, keys: keys)
        try show(check.json, check.lines, isGood: check.isGood)
    }

    private func show(_ object: String, _ lines: [String], isGood: Bool) throws {
        if json { print(object) } else { for line in lines { print(line) } }
        guard isGood else { throw ExitCode(Failure.Kind.refused.rawValue) }
    }

    /// The seal's keys that lie near the file, when no key at all is named; a missing file is said elsewhere.
    private func sealFile() throws(Failure) -> String? {
        guard key == nil, data == nil, WholeFile.exists(file) else { return nil }
        guard let found = SealFile.near(FolderCheck.isFolder(file) ? file + "/." : file) else {
            throw .misused(
                file, "no key to check it by, and no \(SealFile.name) beside it or above",
                hint: "give --jwks with the operator's published keys, --key or --data")
        }
        complain("checked by the keys in \(found): good as far as that file is the operator's")
        return found
    }
}
