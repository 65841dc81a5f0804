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
            it is simply started again and gives the same bytes. A close that a failed check or a changed row ends, or \
            that waits for room on the disk, stands in the audit, and in `settled status` until it is solved.

            --preview does everything and then forgets it: it shows what a close now would write, before its time \
            too, statement by statement, and what to look at before: merchants that have not reported, missing \
            batches, unusual activity, records that would stay pending, exposure beyond its limit.

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

    @Flag(name: .long, help: "Print the closing itself, CLOSING.json; of a preview, all of it.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "In a preview, call activity unusual from so many times the average on; 0: never.",
            valueName: "factor"))
    var unusualFactor = UnusualFactor.standard.description

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Stop before less than this is free on the disk, so that batches can be stored.",
            valueName: "bytes"))
    var reserveBytes = DiskReserve.standardBytes

    @Option(name: .long, help: ArgumentHelp("The language of a preview: en or zh.", valueName: "language"))
    var lang: Language = .english

    func validate() throws {
        guard DiskReserve.bounds.contains(reserveBytes) else {
            throw ValidationError("--reserve-bytes: expected 0 … 2^50, found \(reserveBytes)")
        }
    }

    func run() throws {
        let open = try place.folder.open()
        defer { open.shut() }
        let calendar = try open.store.schedule().calendar
        let ordinal =
            try period.map { try StatementShelf(open.store).ordinal(ofPeriod: $0) }
            ?? open.store.earliestOpen()
        let closer = PeriodCloser(
            store: open.store, signer: open.signer, reserve: DiskReserve(bytes: reserveBytes))
        guard !preview else { return try show(ordinal, closer) }
        let closed = try closer.closeNoting(ordinal, at: when.instant, forced: force)
        guard !json else { return emit(closed.closing.bytes) }
        let records = closed.records
        print(
            "closed \(calendar.period(ordinal).id): \(closed.statements.count) statements,"
                + " \(records.settled) records settled, \(records.pending) pending, \(records.refused) refused"
        )
    }

    private func show(_ ordinal: Int, _ closer: PeriodCloser) throws {
        guard let factor = UnusualFactor(setting: unusualFactor) else {
            throw Failure.misused(
                "--unusual-factor",
                "expected a decimal from 1 to 1000, or 0 for never, found \(unusualFactor)")
        }
        let preview = try ClosePreview(closer, of: ordinal, at: when.instant, factor: factor)
        if json { emit(preview.json) } else { print(preview.text(lang), terminator: "") }
    }
}
