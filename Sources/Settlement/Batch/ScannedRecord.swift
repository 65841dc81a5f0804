/// A record as the scanners leave it: checked, its texts still in the batch's bytes. It owns no memory, so a
/// batch can be scanned without any per record.
struct ScannedRecord {
    /// 1-based line on which it begins.
    var line = 0
    private(set) var fields = RecordFields(rawValue: 0)
    private(set) var type = RecordType.earn
    private(set) var points: Int64 = 0
    private(set) var amount: Int64 = 0
    private(set) var at = Instant(milliseconds: 0)
    private(set) var expires = LocalDate(dayNumber: 0)
    private(set) var id = TextRange.none
    private(set) var member = TextRange.none
    private(set) var ref = TextRange.none
    private(set) var store = TextRange.none
    private(set) var campaign = TextRange.none
    private(set) var item = TextRange.none

    /// Forgets the record before.
    @inline(__always)
    mutating func begin(line: Int) {
        self.line = line
        fields = RecordFields(rawValue: 0)
    }

    /// Notes that a field is given; one is given once.
    @inline(__always)
    mutating func note(_ field: RecordField, at offset: Int) throws(Malformation) {
        let bit = RecordFields(field)
        guard fields.isDisjoint(with: bit) else {
            throw Malformation(.repeatedField, at: offset, field: field.name)
        }
        fields.formUnion(bit)
    }

    /// Takes a field's number; within what its kind can hold.
    @inline(__always)
    mutating func set(_ field: RecordField, number: Int64) {
        if field == .points { points = number } else { amount = number }
    }

    /// The bounds of a field that is a number; nil for texts.
    @inline(__always)
    static func bounds(of field: RecordField) -> ClosedRange<Int64>? {
        switch field {
        case .points: 0...Points.maximum
        case .amount: 0...Money.maximum
        default: nil
        }
    }

    /// Takes a field's text, which stands at `range`.
    @inline(__always)
    mutating func set(_ field: RecordField, text scanned: ScannedText, in text: BatchText)
        throws(Malformation)
    {
        let range = scanned.range
        switch field {
        case .id: id = try Self.identifier(scanned, in: text, field)
        case .member: member = try Self.identifier(scanned, in: text, field)
        case .ref: ref = try Self.identifier(scanned, in: text, field)
        case .store: store = try Self.identifier(scanned, in: text, field)
        case .campaign: campaign = try Self.identifier(scanned, in: text, field)
        case .item: item = try Self.identifier(scanned, in: text, field)
        case .type:
            guard let type = text.withBytes(range, { RecordType($0) }) else {
                throw Malformation(.recordType, at: range.start, field: field.name)
            }
            self.type = type
        case .at:
            guard let at = text.withBytes(range, { Instant(rfc3339: $0.buffer) }), at.isWithinBounds else {
                throw Malformation(.instant, at: range.start, field: field.name)
            }
            self.at = at
        case .expires:
            guard let date = text.withBytes(range, { LocalDate(text: $0.buffer) }) else {
                throw Malformation(.date, at: range.start, field: field.name)
            }
            expires = date
        case .points, .amount:
            preconditionFailure("points and amounts are numbers, not texts")
        }
    }

    @inline(__always)
    private static func identifier(
        _ scanned: ScannedText, in text: BatchText, _ field: RecordField
    ) throws(Malformation) -> TextRange {
        guard text.isIdentifier(scanned) else {
            throw Malformation(.identifier, at: scanned.range.start, field: field.name)
        }
        return scanned.range
    }

    /// Checks what only the whole record can show: nothing missing, nothing out of place, points enough.
    @inline(__always)
    func finish(at offset: Int) throws(Malformation) {
        let isWhole = fields.isSuperset(of: type.requiredFields) && fields.isSubset(of: type.allowedFields)
        guard isWhole, points >= type.leastPoints, fields.contains(RecordFields(.type)) else {
            throw fault(at: offset)
        }
    }

    private func fault(at offset: Int) -> Malformation {
        let required = fields.contains(RecordFields(.type)) ? type.requiredFields : .always
        if let missing = required.subtracting(fields).first {
            return Malformation(.missing, at: offset, field: missing.name)
        }
        if let misplaced = fields.subtracting(type.allowedFields).first {
            return Malformation(.misplaced(type: type.name), at: offset, field: misplaced.name)
        }
        return Malformation(.bounds(type.leastPoints, Points.maximum), at: offset, field: "points")
    }
}

extension ScannedRecord {
    @inline(__always) var recordType: RecordType { type }
    @inline(__always) var recordPoints: Int64 { points }

    /// The record with texts of its own.
    func record(in text: BatchText) -> Record {
        Record(
            id: RecordID(verified: text.string(id)),
            type: type,
            member: MemberID(verified: text.string(member)),
            points: Points(points),
            amount: has(.amount) ? Money(amount) : nil,
            at: at,
            ref: has(.ref) ? RecordID(verified: text.string(ref)) : nil,
            store: has(.store) ? StoreID(verified: text.string(store)) : nil,
            expires: has(.expires) ? expires : nil,
            campaign: has(.campaign) ? CampaignID(verified: text.string(campaign)) : nil,
            item: has(.item) ? ItemID(verified: text.string(item)) : nil)
    }

    @inline(__always)
    private func has(_ field: RecordField) -> Bool { fields.contains(RecordFields(field)) }
}
