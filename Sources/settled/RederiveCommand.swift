import ArgumentParser
import Service

struct RederiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rederive",
        abstract: "Build everything again from the signed batches, and compare it byte for byte.",
        discussion: """
            Checks the signature of every stored batch by the keys as they were registered, stores the batches and \
            bookings again in a scratch database, closes the periods again, and compares every receipt, statement, \
            DETAILS.csv, closing and row with what is stored. Says what differs, down to the first record, and then \
            exits with 1.

            The data folder is only read: it may be a copy, on another machine, without a right to write. Without \
            the master secret (DIR/master.secret, or --secret) documents are compared unsigned, their seals are \
            checked by --jwks or DIR/keys/seal.jwks, and signatures by keys derived from the secret count as not \
            checked. Batches whose bytes `settled retain` moved are read from the archives of --archives; without all \
            of those nothing is built again.

            Examples:
              settled rederive --data /var/lib/settled
              settled rederive --data copy --secret /media/safe/master.secret --from 2026-01 --through 2026-11
              settled rederive --data /var/lib/settled --archives /media/archives
            """)

    @Option(name: .long, help: ArgumentHelp("The data folder, or a copy of it.", valueName: "dir"))
    var data: String

    @Option(
        name: .long,
        help: ArgumentHelp("The master secret, if it is not DIR/master.secret.", valueName: "file"))
    var secret: String?

    @Option(name: .long, help: ArgumentHelp("The seal's public keys, a JWK set.", valueName: "file"))
    var jwks: String?

    @Option(name: .long, help: ArgumentHelp("The first period to compare.", valueName: "period"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("The last period to build again.", valueName: "period"))
    var through: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the scratch database is made, as large as the one in DIR; beside DIR, if left out.",
            valueName: "dir"))
    var scratch: String?

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp(
            "Archives that `settled retain` made, or folders in which they are.", valueName: "path"))
    var archives: [String] = []

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let request = try Rederivation.Request(
            data: data, secret: secret, jwks: jwks, from: from, through: through, scratch: scratch,
            archives: archives)
        let report = try Rederivation(request).run(progress: .steps())
        if json { print(report.json) } else { for line in report.lines { print(line) } }
        guard report.isGood else { throw ExitCode(Failure.Kind.refused.rawValue) }
    }
}
