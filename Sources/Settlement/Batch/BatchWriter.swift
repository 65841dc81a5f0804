/// Writes a batch in either form. What it writes reads back as the same header and records; what they say is
/// not checked, so that wrong batches can be written too.
public struct BatchWriter: Sendable {
    private var bytes: [UInt8] = []
    private let form: BatchForm
    private let columns: [RecordField]

    /// `fields` are the columns of CSV.
    init(_ form: BatchForm, fields: RecordFields) {
        self.form = form
        columns = RecordField.allCases.filter { fields.contains(RecordFields($0)) }
    }

    /// The bytes of a batch. Lines end with LF, instants are written in UTC to the millisecond, members and
    /// columns in the rulebook's order; in CSV, columns that no record fills are left out.
    public static func bytes(_ header: BatchHeader, _ records: [Record], form: BatchForm) -> [UInt8] {
        let fields = records.reduce(RecordFields.always) { $0.union($1.givenFields) }
        var writer = BatchWriter(form, fields: fields)
        writer.write(header)
        for record in records { writer.write(record) }
        return writer.bytes
    }

    /// What comes before the records.
    mutating func write(_ header: BatchHeader) {
        switch form {
        case .ndjson: write(object: header)
        case .csv:
            write(row: header)
            line(columns.map(\.name).joined(separator: ",").utf8)
        }
    }

    mutating func write(_ record: Record) {
        switch form {
        case .ndjson: write(object: record)
        case .csv: line(columns.map { record.text(of: $0) ?? "" }.joined(separator: ",").utf8)
        }
    }

    /// Hands over what is written, if it has so many bytes, and forgets it.
    mutating func flush(atLeast count: Int, _ emit: ([UInt8]) -> Void) {
        guard bytes.count >= count else { return }
        emit(bytes)
        bytes.removeAll(keepingCapacity: true)
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

    // No cell needs quotes: identifiers hold neither comma nor quote.
    private mutating func write(row header: BatchHeader) {
        var cells = [
            BatchFormat.name, "merchant=\(header.merchant)", "batch=\(header.batch)",
            "sequence=\(header.sequence)", "records=\(header.records)",
        ]
        cells += header.namedTotals.map { "totals.\($0.name)=\($0.points)" }
        if header.strict { cells.append("strict=true") }
        line(cells.joined(separator: ",").utf8)
    }
}

extension Record {
    /// The members that it has.
    var givenFields: RecordFields {
        var fields = RecordFields.always
        for (field, isGiven) in [
            (RecordField.amount, amount != nil), (.ref, ref != nil), (.store, store != nil),
            (.expires, expires != nil), (.campaign, campaign != nil), (.item, item != nil),
        ] where isGiven {
            fields.insert(RecordFields(field))
        }
        return fields
    }

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
