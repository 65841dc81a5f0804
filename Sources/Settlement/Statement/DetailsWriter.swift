import Signing

/// Writes one merchant's DETAILS.csv in pieces, counting its rows and digesting its bytes as it goes.
struct DetailsWriter {
    static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,"
        + "rate,reference,terms,points,exact\n"
    /// Pieces are handed on once they reach this many bytes.
    static let pieceSize = 65_536

    private(set) var rows: Int64 = 0
    private var buffer: [UInt8] = Array(header.utf8)
    private var stream: SHA256Stream?

    /// Appends one row, which ends with LF.
    mutating func append(_ row: DetailsRow, zone: ZoneRules) {
        row.write(to: &buffer, zone: zone)
        rows += 1
    }

    /// The bytes gathered, once they make a piece (or, at the end, whatever there is).
    mutating func piece(atEnd: Bool = false) -> [UInt8]? {
        guard buffer.count >= Self.pieceSize || (atEnd && !buffer.isEmpty) else { return nil }
        if stream == nil { stream = SHA256Stream() }
        stream?.update(buffer)
        defer { buffer = [] }
        return buffer
    }

    /// The digest of all pieces, once the last is taken.
    mutating func digest() -> SHA256Digest {
        precondition(buffer.isEmpty, "the digest is of all the rows")
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

    func write(to bytes: inout [UInt8], zone: ZoneRules) {
        var row = CSVRow(bytes: bytes)
        bytes = []
        writeCause(to: &row, zone: zone)
        switch subject {
        case .record(let outcome, let issuer, let redeemer):
            let (state, code) = outcome.stateAndCode
            row.cells(state, code, event?.record.ref?.text, issuer?.text, redeemer?.text)
            row.cells(nil, nil, nil, nil, nil, nil, nil)
            row.cell(points.count)
            row.cells(nil)
        case .movement(let kind, let lot, let redeemer, let line):
            row.cells(kind.participle, nil, event?.record.ref?.text, lot.issuer.text, redeemer?.text)
            row.cell(lot.merchant.text, slash: lot.id.text)
            row.cells(line?.key.kind.name, line?.key.counterparty?.text, line?.key.price?.description)
            row.cells(line?.key.rate?.description, line?.key.reference, line?.terms)
            row.cell(points.count)
            row.cells(line?.exact.description)
        }
        bytes = row.ended()
    }

    private func writeCause(to row: inout CSVRow, zone: ZoneRules) {
        switch subject {
        case .record: row.cells("record")
        case .movement: row.cells("movement")
        }
        row.cells(event?.merchant.text, event?.record.id.text, event?.record.type.name, member.text)
        row.cell(event?.record.at, zone: zone)
        row.cell(effective, zone: zone)
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

/// Appends the cells of one row. No cell of ours needs quoting: identifiers hold no comma, quote or space.
struct CSVRow {
    private var bytes: [UInt8]
    private var isFirst = true

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Cells of text; nil is an empty cell.
    mutating func cells(_ texts: String?...) {
        for text in texts {
            separate()
            if let text { bytes.append(contentsOf: text.utf8) }
        }
    }

    mutating func cell(_ value: Int64) {
        separate()
        bytes.append(contentsOf: "\(value)".utf8)
    }

    mutating func cell(_ text: String, slash other: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "/"))
        bytes.append(contentsOf: other.utf8)
    }

    /// RFC 3339 in local offset, with milliseconds.
    mutating func cell(_ instant: Instant?, zone: ZoneRules) {
        separate()
        guard let instant else { return }
        let offset = zone.offsetSeconds(at: instant)
        bytes.append(contentsOf: instant.text(offsetSeconds: offset, milliseconds: true).utf8)
    }

    consuming func ended() -> [UInt8] {
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
    }
}
