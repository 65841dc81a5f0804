import ArgumentParser
import Foundation
import Service

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at an installation: rights, disk, clock, database, closes, keys, backups.",
        discussion: """
            One line a finding, ok, warning or trouble, with what to do about it. Ends with 1 when there is trouble, \
            else with 0. It only reads, and may run beside the daemon, best as the same user.

            By the configuration, /etc/settled/settled.yaml or the one of --config, it also looks at the spool and the \
            certificate that the daemon is told of there, with --backups at the age of the last backup in that folder, with \
            --archives at whether each of the archives that `settled retain` made is there as it was written. --full holds \
            every row, digest and chain of statements against what was written, and reads all of the file several times.

            Example:
              settled doctor --data /var/lib/settled --config /etc/settled/settled.yaml --backups /var/backups/settled
            """)

    @OptionGroup var place: DataOption

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The daemon's configuration, YAML; if not said, /etc/settled/settled.yaml when it is there.",
            valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Look at no configuration, not even one in /etc/settled.")
    var noConfig = false

    @Option(name: .long, help: ArgumentHelp("The folder that `settled backup` writes to.", valueName: "dir"))
    var backups: String?

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp(
            "Archives that `settled retain` made, or folders in which they are.", valueName: "path"))
    var archives: [String] = []

    @Flag(name: .long, help: "Check every row of the database.")
    var full = false

    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() async throws {
        var configuration: DaemonConfiguration?
        if let file = ConfigurationReading.file(named: config, orNone: noConfig) {
            configuration = try await DaemonConfiguration.read(file: file)
        }
        let diagnosis = try Diagnosis(
            Diagnosis.Request(
                data: place.folder, configuration: configuration, backups: backups,
                archives: archives, isFull: full, now: when.instant), progress: .terminal())
        if json {
            print(diagnosis.json)
        } else {
            for line in diagnosis.lines(isColoured: isatty(STDOUT_FILENO) == 1) { print(line) }
        }
        guard diagnosis.isWell else { throw ExitCode(Failure.Kind.refused.rawValue) }
    }
}
