import ArgumentParser
import Service
import Settlement

/// Where the alliance lives.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(
        name: .long,
        help: ArgumentHelp("The master secret, if it is not DIR/master.secret.", valueName: "file"))
    var secret: String?

    var folder: DataFolder { DataFolder(data, secret: secret) }
}

/// When it happens.
struct NowOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Do it as of this instant (RFC 3339 with an offset), for tests and replays.", valueName: "instant"
        ))
    var now: Instant?

    var clock: WallClock { now.map { .standing(at: $0) } ?? .system }
    var instant: Instant { clock.now }
}
