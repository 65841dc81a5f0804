/// Renders DETAILS.csv from what closes keep of members: the same members give the same bytes, at the close,
/// when its statements are digested, and whenever the file is asked for. Rulebook §7.
///
/// Of one thread at a time.
public struct DetailsRenderer {
    /// The first line of the file.
    public static let header = Array(DetailsText.header.utf8)

    /// A row of DETAILS.csv that cannot be added up.
    struct RowAstray {
        /// The merchant's place.
        let ledger: Int
        /// False: its text says none. True: the sum passes what 128 bits hold.
        let hasFigures: Bool
    }

    let maker: LineMaker
    private var text: DetailsText
    private var sheets: DetailsSheets
    /// What the rows of each merchant add up to, line by line, as their text says.
    private(set) var rowSums: [RowSums]
    /// The first row that was not added up.
    private(set) var rowAstray: RowAstray?
    private let addsUp: Bool
    private var lines = MemberLines()
    private var order = DetailsOrder()
    /// The only merchant whose rows are wanted; nil: all are.
    private let only: Int?

    /// Renders the rows of one merchant, or of all, under the alliance as it was at the close.
    public init(schedule: Schedule, of merchant: MerchantID? = nil) {
        let maker = LineMaker(schedule)
        self.init(maker, only: merchant.map { maker.merchants[$0] })
    }

    /// Rows are only added up where a close holds its lines against them.
    init(_ maker: LineMaker, only: Int? = nil, addsUp: Bool = false) {
        self.maker = maker
        self.only = only
        self.addsUp = addsUp
        text = DetailsText(maker)
        sheets = DetailsSheets(merchants: maker.ids.count)
        rowSums = maker.ids.map { _ in RowSums() }
    }

    /// Renders the rows of the next member, in the order of members.
    public mutating func write(_ member: SettledMember) {
        maker.fill(&lines, of: member)
        write(member, lines)
    }

    /// Hands over a merchant's rows since the last time, where they have at least so many bytes.
    public mutating func forEachPart(
        atLeast byteCount: Int, _ take: (MerchantID, [UInt8]) throws -> Void
    ) rethrows {
        for place in maker.ids.indices where sheets.sheets[place].bytes.count >= byteCount {
            let bytes = sheets.sheets[place].bytes
            sheets.sheets[place] = DetailsSheets.Sheet()
            try take(maker.ids[place], bytes)
        }
    }

    mutating func takeSheets() -> DetailsSheets {
        defer { sheets = DetailsSheets(like: sheets) }
        return sheets
    }
}

extension DetailsRenderer {
    /// The rows go by effective time, `at`, rank, merchant, id, order of consumption; expiries before events.
    mutating func write(_ member: SettledMember, _ lines: MemberLines) {
        order.arrange(member)
        var nextExpiry = 0
        for place in order.events.indices {
            let event = order.events[place]
            while nextExpiry < order.expiries.count,
                order.expiry(nextExpiry, in: member) <= member.events[event].effective
            {
                writeMovement(order.expiries[nextExpiry], of: member, lines)
                nextExpiry += 1
            }
            writeRecord(event, of: member)
            for move in order.moves(of: event) { writeMovement(order.moves[move], of: member, lines) }
        }
        for place in nextExpiry..<order.expiries.count {
            writeMovement(order.expiries[place], of: member, lines)
        }
    }

    @inline(__always)
    private func wants(_ merchant: Int) -> Bool { only == nil || only == merchant }

    private mutating func writeRecord(_ position: Int, of member: SettledMember) {
        text.begin(position, of: member)
        let place = maker.merchants[member.events[position].merchant]
        guard wants(place) else { return }
        let (issuer, redeemer) = (issuer(of: position, in: member), redeemer(of: position, in: member))
        sheets.addRow(of: place, by: &text) { text, row in
            text.record(position, of: member, issuer: issuer, redeemer: redeemer, to: &row)
        }
    }

    private func issuer(of event: Int, in member: SettledMember) -> MerchantID? {
        let type = member.events[event].record.type
        guard type == .earn || type == .opening else { return nil }
        let campaign = member.events[event].record.campaign.flatMap { maker.schedule.campaign($0) }
        return campaign?.sponsor ?? member.events[event].merchant
    }

    private func redeemer(of event: Int, in member: SettledMember) -> MerchantID? {
        guard member.events[event].record.type == .redeem else { return nil }
        let item = member.events[event].record.item.flatMap { maker.schedule.item($0) }
        return item?.supplier ?? member.events[event].merchant
    }

    /// One row for each line that the movement makes; and one without a line on the issuer's details where
    /// it changes the issuer's points but makes no line there.
    private mutating func writeMovement(_ position: Int, of member: SettledMember, _ lines: MemberLines) {
        let movement = member.movements[position]
        let made = lines.entries[position]
        let issuer = lines.issuers[movement.lot]
        let expiry = movement.kind == .expiry ? member.lots[movement.lot].expiresAt : nil
        if made.issuer == nil, made.redeemer?.ledger != issuer, wants(issuer) {
            sheets.addRow(of: issuer, by: &text) { text, row in
                text.movement(movement, of: member, line: nil, expiry: expiry, to: &row)
            }
        }
        if let entry = made.issuer { write(entry, movement, of: member, expiry: expiry) }
        if let entry = made.redeemer { write(entry, movement, of: member, expiry: expiry) }
    }

    private mutating func write(
        _ entry: LineEntry, _ movement: Movement, of member: SettledMember, expiry: Instant?
    ) {
        guard wants(entry.ledger) else { return }
        var written: LineSums.Sum?
        sheets.addRow(of: entry.ledger, by: &text) { text, row in
            text.movement(movement, of: member, line: entry, expiry: expiry, to: &row)
            if addsUp { written = row.lastFigures() }
        }
        guard addsUp else { return }
        let hasFigures = written != nil
        if let written, rowSums[entry.ledger].add(written, to: entry.slot, at: entry.place) { return }
        if rowAstray == nil { rowAstray = RowAstray(ledger: entry.ledger, hasFigures: hasFigures) }
    }
}
