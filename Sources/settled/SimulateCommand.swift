import ArgumentParser
import Service
import Settlement

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Settle a file of records on a scratch database, and write all statements.",
        discussion: """
            The records are cut into batches by merchant and instant of receipt, signed, and pass through the same \
            intake and store as any others; opening and correction come under the operator's key. Each period \
            closes at its end plus the grace, before anything received later.

            RECORDS.csv names its columns in its first row: merchant,id,type,member,points,at and, where wanted, \
            amount,ref,store,expires,campaign,item,received. A record without `received` arrives before the first \
            close. BOOKINGS.csv has merchant,kind,reference,amount,date,reason.

            Writes OUT/PERIOD/MERCHANT/STATEMENT.json and DETAILS.csv, OUT/PERIOD/CLOSING.json, each document with \
            its .jws and .seal; periods of an earlier run in OUT are replaced. Without --secret the documents are \
            signed with a master secret that stands in the source code: they prove nothing.

            Example:
              settled simulate --alliance alliance.yaml --records records.csv --through 2026-12 --out out
            """)

    @Option(name: .long, help: ArgumentHelp("The alliance's definition, YAML.", valueName: "file"))
    var alliance: String

    @Option(name: .long, help: ArgumentHelp("The records, CSV.", valueName: "file"))
    var records: String

    @Option(name: .long, help: ArgumentHelp("Payments and adjustments, CSV.", valueName: "file"))
    var bookings: String?

    @Option(name: .long, help: ArgumentHelp("The last period to close, as 2026-12.", valueName: "period"))
    var through: String

    @Option(name: .long, help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var out: String

    @Option(name: .long, help: ArgumentHelp("The master secret to sign with.", valueName: "file"))
    var secret: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Leave the data folder behind here, as init and serve would have made it.", valueName: "dir"))
    var keep: String?

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let simulation = Simulation(
            alliance: alliance, records: records, bookings: bookings, through: through, output: out,
            secret: try secret.map { try MasterSecretFile.readBytes($0) } ?? Simulation.publicSecret,
            keep: keep)
        let summary = try simulation.run(progress: .terminal())
        for refused in summary.refusedBatches { complain("refused: \(refused)") }
        print(json ? summary.json : summary.text)
    }
}
