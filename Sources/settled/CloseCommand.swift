import ArgumentParser
import Service
import Settlement
import Signing
import Store

struct CloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close the next period: settle it, sign the statements and the closing.",
        discussion: """
            Periods close in order, not before their end plus the alliance's grace, and never open again. Batches \
            go on arriving meanwhile: what is stored after the close has begun settles in later periods. A close \
            that is interrupted, or that a failed check ends, leaves the period open and every figure as it was; \
            it is simply started again and gives the same bytes.

            --preview does everything and then forgets it: the closing shown is what a close now would write.

            Examples:
              settled close --data /var/lib/settled --preview
              settled close 2026-11 --data /var/lib/settled
            """)

    @Argument(
        help: ArgumentHelp(
            "The period, as 2026-11, 2026-W47 or 2026-11-24; the next one to close, if left out.",
            valueName: "period"))
    var period: String?

    @OptionGroup var place: DataOption
    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Close before the period's end and grace are over.")
    var force = false

    @Flag(name: .long, help: "Show what would be written, write nothing.")
    var preview = false

    @Flag(name: .long, help: "Print the closing itself, CLOSING.json.")
    var json = false

    func run() throws {
        let open = try place.folder.open()
        defer { open.shut() }
        let calendar = try open.store.schedule().calendar
        let ordinal =
            try period.map { try StatementShelf(open.store).ordinal(ofPeriod: $0) }
            ?? open.store.earliestOpen()
        let closer = PeriodCloser(store: open.store, signer: open.signer)
        let closed = try closer.close(ordinal, at: when.instant, forced: force, preview: preview)
        guard !json else { return emit(closed.closing.bytes) }
        if preview {
            print(try ClosingText(bytes: closed.closing.bytes, place: "CLOSING.json").text, terminator: "")
            print("\npreview: nothing was written")
        } else {
            let records = closed.records
            print(
                "closed \(calendar.period(ordinal).id): \(closed.statements.count) statements,"
                    + " \(records.settled) records settled, \(records.pending) pending, \(records.refused) refused"
            )
        }
    }
}
