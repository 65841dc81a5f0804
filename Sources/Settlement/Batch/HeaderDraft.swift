/// The members of a batch's header, in the order in which we write them. Rulebook §3.
enum HeaderField: UInt8, CaseIterable {
    case format
    case merchant
    case batch
    case sequence
    case records
    case totals
    case strict

    /// The name in both forms of a batch.
    var name: StaticString {
        switch self {
        case .format: "format"
        case .merchant: "merchant"
        case .batch: "batch"
        case .sequence: "sequence"
        case .records: "records"
        case .totals: "totals"
        case .strict: "strict"
        }
    }

    /// All names, for the sentence that refuses another one.
    static let names = allCases.map(\.name.description).joined(separator: ", ")

    /// The bounds of a field that is a number; nil for the others.
    var bounds: ClosedRange<Int64>? {
        switch self {
        case .sequence: 1...1_000_000_000_000_000
        case .records: 0...1_000_000_000
        case .format, .merchant, .batch, .totals, .strict: nil
        }
    }

    /// The bounds of a total: as many records as a header may announce, of as many points as each may bear.
    static let totalBounds: ClosedRange<Int64> = 0...1_000_000_000_000_000_000
}

/// A header while it is read, member by member, from either form.
struct HeaderDraft {
    private var merchant: MerchantID?
    private var batch: BatchID?
    private var numbers: [HeaderField: Int64] = [:]
    private var totals: [RecordType: Int64] = [:]
    private var strict = false
    private var given: Set<HeaderField> = []

    /// Notes that a field is given; one is given once.
    mutating func note(_ field: HeaderField, at offset: Int) throws(Malformation) {
        guard given.insert(field).inserted else {
            throw Malformation(.repeatedField, at: offset, field: field.name.description)
        }
    }

    /// Whether a field has been given.
    func has(_ field: HeaderField) -> Bool { given.contains(field) }

    mutating func set(_ field: HeaderField, number: Int64) { numbers[field] = number }
    mutating func set(strict value: Bool) { strict = value }

    /// Takes the text of `format`, `merchant` or `batch`.
    mutating func set(_ field: HeaderField, text range: TextRange, in text: BatchText) throws(Malformation) {
        switch field {
        case .format:
            guard text.string(range).utf8.elementsEqual(BatchFormat.name.utf8) else {
                throw fault(.format, field, range)
            }
        case .merchant:
            merchant = MerchantID(text.string(range))
            guard merchant != nil else { throw fault(.merchantID, field, range) }
        case .batch:
            batch = BatchID(text.string(range))
            guard batch != nil else { throw fault(.identifier, field, range) }
        case .sequence, .records, .totals, .strict:
            preconditionFailure("\(field.name) is not a text")
        }
    }

    /// Takes one total, under the name of its type; a total of 0 means what its absence means.
    mutating func set(totalOf type: RecordType, _ points: Int64, at offset: Int) throws(Malformation) {
        guard totals.updateValue(points, forKey: type) == nil else {
            throw Malformation(.repeatedField, at: offset, field: "totals.\(type.name)")
        }
    }

    /// The header, if nothing is missing.
    func finish() throws(Malformation) -> BatchHeader {
        for field in HeaderField.allCases where field != .strict && !given.contains(field) {
            throw Malformation(.missing, at: 0, field: field.name.description)
        }
        guard let merchant, let batch, let sequence = numbers[.sequence], let records = numbers[.records]
        else {
            preconditionFailure("a header's field is noted before it is set")
        }
        return BatchHeader(
            merchant: merchant, batch: batch, sequence: sequence, records: records,
            totals: totals.filter { $0.value != 0 }, strict: strict)
    }

    private func fault(_ fault: Fault, _ field: HeaderField, _ range: TextRange) -> Malformation {
        Malformation(fault, at: range.start, field: field.name.description)
    }
}
