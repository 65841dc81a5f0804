import ArgumentParser
import Service
import Settlement
import Signing

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token to read batches, receipts and statements with.",
        discussion: """
            Prints a JSON Web Token, signed with the merchant's own key. It is good for one request, within the \
            minutes of its life: make one for each.

            Example:
              curl --header "Authorization: Bearer $(settled token --alliance quayside --key batch_M001_1.key)" \\
                https://settle.example/v1/batches
            """)

    @Option(name: .long, help: ArgumentHelp("The alliance's id.", valueName: "id"))
    var alliance: String

    @OptionGroup var with: SigningKeyOption

    @Option(name: .long, help: ArgumentHelp("How long it is good for, 1 to 300.", valueName: "seconds"))
    var seconds: Int64 = 60

    @OptionGroup var time: NowOption

    func run() throws {
        guard let alliance = AllianceID(alliance) else {
            throw Failure.misused("--alliance", "expected the id that the operator's alliance file has")
        }
        guard (1...300).contains(seconds) else {
            throw Failure.misused("--seconds", "expected 1 to 300, found \(seconds)")
        }
        print(
            AccessToken.make(
                alliance: alliance, key: try with.key(), now: time.instant, seconds: seconds))
    }
}
