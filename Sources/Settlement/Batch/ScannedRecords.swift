/// The records of a batch as they were scanned, closely packed: a large batch may have a million of them. Most have an
/// id, a member, points, perhaps an amount; what few have stands apart.
struct ScannedRecords: Sendable {
    private var records: [Packed] = []
    private var extras: [Extra] = []

    /// Offsets and lines are within the 2^31 bytes that a batch may have, with as many decoded ones behind them.
    fileprivate struct Packed {
        let at: Int64
        let amount: Int64
        let line: UInt32
        let points: UInt32
        let id: UInt32
        let member: UInt32
        /// Its place among the extras; of a record that needs none, anything.
        let extra: UInt32
        /// The fields that are given, and behind them the type.
        let shape: UInt16
        let idLength: UInt8
        let memberLength: UInt8
    }

    fileprivate struct Extra {
        let ref: UInt32
        let store: UInt32
        let campaign: UInt32
        let item: UInt32
        let expires: Int32
        let refLength: UInt8
        let storeLength: UInt8
        let campaignLength: UInt8
        let itemLength: UInt8
    }

    var count: Int { records.count }

    mutating func reserveCapacity(_ count: Int) { records.reserveCapacity(count) }

    @inline(__always)
    mutating func append(_ record: ScannedRecord) {
        records.append(record.packed(extra: extras.count))
        if record.needsExtra { extras.append(record.extra) }
    }

    /// What the sums of a batch are made of.
    var points: some Sequence<(RecordType, Int64)> {
        records.lazy.map { ($0.type, Int64($0.points)) }
    }

    /// The first record of a type that only the operator may report, and its line.
    var firstOfOperator: (line: Int, type: RecordType)? {
        records.first { $0.type.operatorOnly }.map { (Int($0.line), $0.type) }
    }

    func withUnsafe<Result>(_ body: (UnsafeScannedRecords) throws -> Result) rethrows -> Result {
        try records.withUnsafeBufferPointer { records in
            try extras.withUnsafeBufferPointer { extras in
                try body(UnsafeScannedRecords(records: records, extras: extras))
            }
        }
    }
}

/// The same, borrowed for the length of one call.
struct UnsafeScannedRecords {
    fileprivate let records: UnsafeBufferPointer<ScannedRecords.Packed>
    fileprivate let extras: UnsafeBufferPointer<ScannedRecords.Extra>

    var count: Int { records.count }

    /// The record with its texts where they are; `bytes` gives those of a range.
    @inline(__always)
    func view(_ position: Int, _ bytes: (TextRange) -> UnsafeRawBufferPointer) -> RecordView {
        let record = records[position]
        let fields = record.fields
        let absent = UnsafeRawBufferPointer(start: nil, count: 0)
        let amount = fields.contains(RecordFields(.amount)) ? Money(record.amount) : nil
        let id = bytes(TextRange(record.id, record.idLength))
        let member = bytes(TextRange(record.member, record.memberLength))
        guard !fields.isDisjoint(with: .extra) else {
            return RecordView(
                line: Int(record.line), type: record.type, points: Points(Int64(record.points)),
                amount: amount, at: Instant(milliseconds: record.at), expires: nil, id: id, member: member,
                ref: absent, store: absent, campaign: absent, item: absent)
        }
        let extra = extras[Int(record.extra)]
        func text(_ field: RecordField, _ offset: UInt32, _ length: UInt8) -> UnsafeRawBufferPointer {
            fields.contains(RecordFields(field)) ? bytes(TextRange(offset, length)) : absent
        }
        return RecordView(
            line: Int(record.line), type: record.type, points: Points(Int64(record.points)), amount: amount,
            at: Instant(milliseconds: record.at),
            expires: fields.contains(RecordFields(.expires))
                ? LocalDate(dayNumber: Int(extra.expires)) : nil,
            id: id, member: member,
            ref: text(.ref, extra.ref, extra.refLength), store: text(.store, extra.store, extra.storeLength),
            campaign: text(.campaign, extra.campaign, extra.campaignLength),
            item: text(.item, extra.item, extra.itemLength))
    }
}

extension ScannedRecord {
    @inline(__always)
    fileprivate func packed(extra: Int) -> ScannedRecords.Packed {
        ScannedRecords.Packed(
            at: at.milliseconds, amount: amount, line: UInt32(truncatingIfNeeded: line),
            points: UInt32(truncatingIfNeeded: points), id: id.offset, member: member.offset,
            extra: UInt32(truncatingIfNeeded: extra),
            shape: fields.rawValue | UInt16(type.rawValue) << ScannedRecords.Packed.typeShift,
            idLength: UInt8(truncatingIfNeeded: id.length),
            memberLength: UInt8(truncatingIfNeeded: member.length))
    }

    fileprivate var needsExtra: Bool { !fields.isDisjoint(with: .extra) }

    fileprivate var extra: ScannedRecords.Extra {
        ScannedRecords.Extra(
            ref: ref.offset, store: store.offset, campaign: campaign.offset, item: item.offset,
            expires: Int32(expires.dayNumber), refLength: UInt8(truncatingIfNeeded: ref.length),
            storeLength: UInt8(truncatingIfNeeded: store.length),
            campaignLength: UInt8(truncatingIfNeeded: campaign.length),
            itemLength: UInt8(truncatingIfNeeded: item.length))
    }
}

extension ScannedRecords.Packed {
    /// Behind the bits of all fields.
    static let typeShift: UInt16 = 12

    @inline(__always) var fields: RecordFields { RecordFields(rawValue: shape & 0x0FFF) }

    @inline(__always) var type: RecordType {
        guard let type = RecordType(rawValue: RecordType.RawValue(shape >> Self.typeShift)) else {
            preconditionFailure("a type was packed")
        }
        return type
    }
}

extension RecordFields {
    /// Those that few records have.
    fileprivate static let extra = RecordFields(rawValue: 0b111_1100_0000)
}

extension TextRange {
    @inline(__always)
    fileprivate init(_ offset: UInt32, _ length: UInt8) {
        self.init(offset: Int(offset), length: Int(length))
    }
}
