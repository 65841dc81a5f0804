import Signing

/// Writes one merchant's DETAILS.csv in pieces, counting its rows and digesting its bytes as it goes.
struct DetailsWriter {
    static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,"
        + "rate,reference,terms,points,exact\n"
    /// Pieces are handed on once they reach this many bytes.
    static let pieceSize = 65_536

    private(set) var rows: Int64 = 0
    private var text = CSVText(bytes: Array(header.utf8))
    private var stream: SHA256Stream?

    /// Appends one row, which ends with LF.
    mutating func append(_ row: DetailsRow, zone: ZoneRules) {
        row.write(to: &text, zone: zone)
        rows += 1
    }

    /// The bytes gathered, once they make a piece (or, at the end, whatever there is).
    mutating func piece(atEnd: Bool = false) -> [UInt8]? {
        guard text.bytes.count >= Self.pieceSize || (atEnd && !text.bytes.isEmpty) else { return nil }
        if stream == nil { stream = SHA256Stream() }
        stream?.update(text.bytes)
        defer { text = CSVText(bytes: []) }
        return text.bytes
    }

    /// The digest of all pieces, once the last is taken.
    mutating func digest() -> SHA256Digest {
        precondition(text.bytes.isEmpty, "the digest is of all the rows")
        guard let stream else { preconditionFailure("a file has at least its header") }
        return stream.finish()
    }
}

/// One row of DETAILS.csv: a record, or a movement of points. Rulebook §7.
struct DetailsRow {
    enum Subject {
        case record(Outcome, issuer: MerchantID?, redeemer: MerchantID?)
        case movement(Movement.Kind, Lot, redeemer: MerchantID?, line: LineEntry?)
    }

    let subject: Subject
    let member: MemberID
    /// The record, or the one that caused the movement; nil for an expiry that time alone caused.
    let event: Event?
    let effective: Instant
    let points: Points

    func write(to text: inout CSVText, zone: ZoneRules) {
        writeCause(to: &text, zone: zone)
        switch subject {
        case .record(let outcome, let issuer, let redeemer):
            let (state, code) = outcome.stateAndCode
            text.cell(state)
            text.cell(code)
            text.cell(event?.record.ref?.text)
            text.cell(issuer?.text)
            text.cell(redeemer?.text)
            text.emptyCells(7)
            text.cell(points.count)
            text.emptyCells(1)
        case .movement(let kind, let lot, let redeemer, let line):
            text.cell(kind.participle)
            text.emptyCells(1)
            text.cell(event?.record.ref?.text)
            text.cell(lot.issuer.text)
            text.cell(redeemer?.text)
            text.cell(lot.merchant.text, slash: lot.id.text)
            if let line { write(line, to: &text) } else { text.emptyCells(6) }
            text.cell(points.count)
            text.cell(line?.exact.description)
        }
        text.endRow()
    }

    private func write(_ line: LineEntry, to text: inout CSVText) {
        text.cell(line.key.kind.name)
        text.cell(line.key.counterparty?.text)
        text.cell(line.key.price?.description)
        text.cell(line.key.rate?.description)
        text.cell(line.key.reference)
        text.cell(line.terms)
    }

    private func writeCause(to text: inout CSVText, zone: ZoneRules) {
        switch subject {
        case .record: text.cell("record")
        case .movement: text.cell("movement")
        }
        text.cell(event?.merchant.text)
        text.cell(event?.record.id.text)
        text.cell(event?.record.type.name)
        text.cell(member.text)
        text.cell(event?.record.at, zone: zone)
        text.cell(effective, zone: zone)
    }
}

extension Movement.Kind {
    /// What a movement row says in `state`.
    var participle: String {
        switch self {
        case .issue: "issued"
        case .allocation: "allocated"
        case .restoration: "restored"
        case .recovery: "recovered"
        case .debtRecovery: "debt_recovered"
        case .expiry: "expired"
        }
    }
}

/// Rows of CSV. No cell of ours needs quoting: identifiers hold no comma, quote or space.
struct CSVText {
    private(set) var bytes: [UInt8]
    private var isFirst = true

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nil is an empty cell.
    mutating func cell(_ text: String?) {
        separate()
        guard var text else { return }
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func emptyCells(_ count: Int) {
        for _ in 0..<count { separate() }
    }

    mutating func cell(_ value: Int64) { cell("\(value)") }

    mutating func cell(_ text: String, slash other: String) {
        cell(text)
        bytes.append(UInt8(ascii: "/"))
        isFirst = true
        cell(other)
    }

    /// RFC 3339 in local offset, with milliseconds.
    mutating func cell(_ instant: Instant?, zone: ZoneRules) {
        guard let instant else { return separate() }
        cell(instant.text(offsetSeconds: zone.offsetSeconds(at: instant), milliseconds: true))
    }

    mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
        isFirst = true
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
    }
}
