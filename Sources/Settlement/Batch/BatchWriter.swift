/// Writes a batch in either form. What it writes reads back as the same header and records; what they say is
/// not checked, so that wrong batches can be written too.
public struct BatchWriter: Sendable {
    private var bytes: [UInt8] = []

    /// The bytes of a batch. Lines end with LF, instants are written in UTC to the millisecond, members and
    /// columns in the rulebook's order; in CSV, columns that no record fills are left out.
    public static func bytes(_ header: BatchHeader, _ records: [Record], form: BatchForm) -> [UInt8] {
        var writer = BatchWriter()
        switch form {
        case .ndjson:
            writer.write(object: header)
            for record in records { writer.write(object: record) }
        case .csv:
            writer.write(row: header)
            writer.write(rows: records)
        }
        return writer.bytes
    }

    private mutating func line(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension BatchHeader {
    /// The header that these records need.
    public init(
        merchant: MerchantID, batch: BatchID, sequence: Int64, for records: [Record], strict: Bool = false
    ) {
        self.init(
            merchant: merchant, batch: batch, sequence: sequence, records: Int64(records.count),
            totals: BatchContent.totals(of: records), strict: strict)
    }

    /// The totals by the names of their types, in the rulebook's order.
    fileprivate var namedTotals: [(name: String, points: Int64)] {
        [RecordType.earn, .redeem, .earnReversal, .redeemReversal, .opening, .correction].compactMap { type in
            totals[type].map { (type.name, $0) }
        }
    }
}

extension BatchWriter {
    private mutating func write(object header: BatchHeader) {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", BatchFormat.name)
            json.member("merchant", header.merchant.text)
            json.member("batch", header.batch.text)
            json.member("sequence", header.sequence)
            json.member("records", header.records)
            json.name("totals")
            json.object { json in
                for (name, points) in header.namedTotals { json.member(name, points) }
            }
            if header.strict {
                json.name("strict")
                json.boolean(true)
            }
        }
        line(json.bytes)
    }

    private mutating func write(object record: Record) {
        var json = CanonicalJSON()
        json.object { json in
            for field in RecordField.allCases {
                switch field {
                case .points: json.member(field.name, record.points.count)
                case .amount: json.member(field.name, ifPresent: record.amount?.minorUnits)
                default: json.member(field.name, ifPresent: record.text(of: field))
                }
            }
        }
        line(json.bytes)
    }

    private mutating func write(row header: BatchHeader) {
        var cells = [
            BatchFormat.name, "merchant=\(header.merchant)", "batch=\(header.batch)",
            "sequence=\(header.sequence)", "records=\(header.records)",
        ]
        cells += header.namedTotals.map { "totals.\($0.name)=\($0.points)" }
        if header.strict { cells.append("strict=true") }
        line(cells.joined(separator: ",").utf8)
    }

    // No cell needs quotes: identifiers hold neither comma nor quote.
    private mutating func write(rows records: [Record]) {
        let columns = RecordField.allCases.filter { field in
            RecordFields.always.contains(RecordFields(field))
                || records.contains { $0.text(of: field) != nil }
        }
        line(columns.map(\.name).joined(separator: ",").utf8)
        for record in records {
            line(columns.map { record.text(of: $0) ?? "" }.joined(separator: ",").utf8)
        }
    }
}

extension Record {
    /// A member as both forms write it, numbers in digits; nil if it is absent.
    fileprivate func text(of field: RecordField) -> String? {
        switch field {
        case .id: id.text
        case .type: type.name
        case .member: member.text
        case .points: "\(points.count)"
        case .amount: amount.map { "\($0.minorUnits)" }
        case .at: at.description
        case .ref: ref?.text
        case .store: store?.text
        case .expires: expires?.description
        case .campaign: campaign?.text
        case .item: item?.text
        }
    }
}
