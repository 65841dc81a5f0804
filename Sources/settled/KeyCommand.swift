import ArgumentParser
import Service
import Settlement
import Store

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Add, show, list and revoke the keys that batches are signed with.",
        discussion: """
            HS256 keys are derived from the master secret: `batch/<merchant>/<version>` for a merchant's \
            batches, `operator/<version>` for the operator's, `statement/<merchant>/<version>` for what the \
            merchant gets back. `webhook/<merchant>/<version>` is the secret that a merchant's webhooks are \
            checked by. Of an Ed25519 key only the public half is registered. Several keys of a \
            merchant may be active, so that one can take over from another.
            """,
        subcommands: [Add.self, Show.self, List.self, Revoke.self, Seal.self])
}

extension KeyCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a key of a merchant or of the operator.",
            discussion: """
                Examples:
                  settled key add M001 --data DIR
                  settled key add M001 --ed25519 public.pem --id M001-2027 --data DIR
                  settled key add M001 --ed25519 ~/.ssh/id_ed25519.pub --id M001-ssh --data DIR
                  settled key add --operator --data DIR
                """)

        @Argument(help: ArgumentHelp("The merchant's id.", valueName: "merchant"))
        var merchant: String?

        @Flag(name: .long, help: "A key of the operator, which may sign batches of any merchant.")
        var `operator` = false

        @Flag(name: .long, help: "The next version of the derived HS256 key (the default).")
        var hs256 = false

        @Option(
            name: .long,
            help: ArgumentHelp("An Ed25519 public key: PEM, JWK or OpenSSH line.", valueName: "file"))
        var ed25519: String?

        @Option(name: .long, help: ArgumentHelp("The id of the Ed25519 key.", valueName: "key-id"))
        var id: String?

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func validate() throws {
            guard (merchant == nil) == self.operator else {
                throw ValidationError("expected either a merchant or --operator")
            }
            guard !hs256 || ed25519 == nil else {
                throw ValidationError("expected one of --hs256 and --ed25519")
            }
            guard (ed25519 == nil) == (id == nil) else {
                throw ValidationError("expected --ed25519 FILE and --id KEY-ID together")
            }
        }

        func run() throws {
            let owner = try merchant.map { text in
                guard let id = MerchantID(text) else { throw Failure.misused(text, "is not a merchant's id") }
                return id
            }
            let register = KeyRegister(try place.folder.open())
            let added =
                if let ed25519, let id {
                    try register.addPublic(ed25519, id: id, for: owner, now: when.instant)
                } else {
                    try register.addDerived(for: owner, now: when.instant)
                }
            guard !json else { return print(KeyListing.json(added)) }
            print("added \(added.key.id)" + (added.file.map { ", to be handed out: \($0)" } ?? ""))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the file of a key to standard output: a secret.",
            discussion: """
                Of a registered Ed25519 key and of the seal, the public key. Of a webhook's secret that the alliance \
                file does not have yet, it says of which version of the master secret it comes, as it may come of a \
                later one.

                Example:
                  (umask 077; settled key show statement/M001/1 --data DIR > M001-statement.key)
                """)

        @Argument(
            help: ArgumentHelp(
                "As `settled key list` names it, seal/1, statement/MERCHANT/1 or webhook/MERCHANT/1.",
                valueName: "key-id"))
        var id: String

        @OptionGroup var place: DataOption

        func run() throws {
            let register = KeyRegister(try place.folder.open())
            let file = try register.file(of: id)
            if let caution = try register.caution(of: id) { complain("settled: warning: \(caution)") }
            emit(file)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the registered keys, and when a batch signed with each was last received.",
            discussion: """
                Only batches that were stored count: not what was refused, nor what was read by a token.

                Example:
                  settled key list --data DIR --json
                """)

        @OptionGroup var place: DataOption

        @Flag(name: .long, help: "Print a JSON array.")
        var json = false

        func run() throws {
            let store = try place.folder.openStore()
            let (keys, uses) = (try store.keys(), try store.lastUses())
            print(
                json ? KeyListing.json(keys, uses: uses) + "\n" : KeyListing.text(keys, uses: uses),
                terminator: "")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a key from an instant of receipt on.",
            discussion: """
                What was received before stays; a batch received later is refused with `key_revoked`. A \
                revocation can be brought forward, not put off.

                Example:
                  settled key revoke batch/M001/1 --data DIR --from 2026-12-01T00:00:00+08:00
                """)

        @Argument(help: ArgumentHelp("As `settled key list` names it.", valueName: "key-id"))
        var id: String

        @Option(name: .long, help: ArgumentHelp("From when on; now, if left out.", valueName: "instant"))
        var from: Instant?

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        func run() throws {
            let register = KeyRegister(try place.folder.open())
            let from = from ?? when.instant
            let key = try register.revoke(id, from: from, now: when.instant)
            guard !json else { return print(KeyListing.json(key)) }
            print("revoked \(id) from \(from.text(offsetSeconds: 0, milliseconds: true))")
        }
    }

    struct Seal: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the seal's public keys to standard output, as a JWK set to be published.",
            discussion: "Example:\n  settled key seal --data DIR > seal.jwks")

        @OptionGroup var place: DataOption

        func run() throws { emit(KeyRegister(try place.folder.open()).sealKeySet) }
    }
}
