import ArgumentParser
import Foundation
import Service

/// The program: one word a command, one file a command.
@main
struct Settled: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settled",
        abstract: "Settles what the merchants of a loyalty alliance owe each other.",
        discussion: """
            Merchants sign batches of what their members earned and redeemed and send them to the daemon; \
            every month each merchant gets a signed statement.

            The operator's way: init, serve, close, statement. The merchant's: sign or submit, verify, token. \
            `settled help COMMAND` explains each.

            Exit codes: 0 done, 1 refused or found wrong, 2 used wrongly, 3 trouble (disk, network).
            """,
        version: "settled \(Program.version)",
        groupedSubcommands: [
            CommandGroup(
                name: "The operator's",
                subcommands: [
                    InitCommand.self, ApplyCommand.self, KeyCommand.self, SecretCommand.self,
                    ServeCommand.self,
                    CloseCommand.self,
                    StatementCommand.self, ExplainCommand.self, ReportCommand.self, RederiveCommand.self,
                    OperatorCommand.self, StatusCommand.self, AuditCommand.self, DeliveriesCommand.self,
                    ConfigCommand.self, BackupCommand.self, RestoreCommand.self, DoctorCommand.self,
                    RetainCommand.self, MemberCommand.self,
                ]),
            CommandGroup(
                name: "The operator's, with money",
                subcommands: [
                    PayCommand.self, AdjustCommand.self, ApproveCommand.self, WithdrawCommand.self,
                    BookingsCommand.self, PaymentsCommand.self, DisputeCommand.self, DisputesCommand.self,
                    ExportCommand.self,
                ]),
            CommandGroup(
                name: "The merchant's",
                subcommands: [
                    CheckCommand.self, ConvertCommand.self, SignCommand.self, SubmitCommand.self,
                    VerifyCommand.self, TokenCommand.self, ContestCommand.self,
                ]),
            CommandGroup(name: "Try-out", subcommands: [SimulateCommand.self]),
        ])

    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch let failure as Failure {
                throw failure
            } catch  where exitCode(for: error) == .failure && !(error is ExitCode) {
                throw Failure(error, place: type(of: command).configuration.commandName ?? "settled")
            }
        } catch let failure as Failure {
            complain(failure.description)
            Foundation.exit(failure.kind.rawValue)
        } catch {
            exit(of: error)
        }
    }

    /// Help goes to standard output with 0; wrong arguments are 2 here, where sysexits would have 64.
    private static func exit(of error: any Error) -> Never {
        if exitCode(for: error) == .validationFailure {
            complain(fullMessage(for: error))
            Foundation.exit(Failure.Kind.misused.rawValue)
        }
        exit(withError: error)
    }
}
