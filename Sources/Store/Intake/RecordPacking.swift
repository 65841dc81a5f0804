import Settlement

/// A record as the file holds it, its texts still in the chunk's bytes: valid inside the call that gives it.
struct StoredView {
    let number: RecordNumber
    /// The merchant that reported it, by its number.
    let merchant: Int64
    /// The ordinal of the period it settles in.
    let period: Int
    /// Whether its own period had closed when it came.
    let late: Bool
    let view: RecordView

    /// The record with texts of its own.
    var stored: StoredRecord {
        StoredRecord(number: number, merchant: merchant, record: view.record, period: period, late: late)
    }
}

/// A record as it is stored.
struct StoredRecord {
    let number: RecordNumber
    /// The merchant that reported it, by its number.
    let merchant: Int64
    let record: Settlement.Record
    /// The ordinal of the period it settles in.
    let period: Int
    let late: Bool
}

/// The form of a chunk: a version byte, then record after record, and at the end a `RowSum`. Each record begins with its
/// flags in two bytes, the lower first; what follows is told by them:
///
///     line      how many lines below the record before, if that is not one
///     period    how many periods after the record before (signed), if it is another
///     at        milliseconds after the record before (signed)
///     points
///     id, member
///     amount, ref, store, expires (days since 1970-01-01, signed), campaign, item
///
/// Numbers are in groups of seven bits, the lowest first, all but the last with the high bit set; signed ones
/// alternate 0, -1, 1, -2 … A text is a byte for its length and its bytes. Before the first record stand line
/// 0, period 0 and 1970-01-01.
enum RecordPacking {
    static let version: UInt8 = 1
    /// More than any record takes: flags, six numbers and six texts.
    static let mostBytes = 2 + 6 * 10 + 6 * 65

    // The flags; the three lowest bits are the type.
    static let type: UInt16 = 0x0007
    static let amount: UInt16 = 0x0008
    static let ref: UInt16 = 0x0010
    static let store: UInt16 = 0x0020
    static let expires: UInt16 = 0x0040
    static let campaign: UInt16 = 0x0080
    static let item: UInt16 = 0x0100
    static let late: UInt16 = 0x0200
    static let line: UInt16 = 0x0400
    static let period: UInt16 = 0x0800

    /// What a record is told apart from: the one before it.
    struct Base {
        var line: Int64 = 0
        var period: Int64 = 0
        var at: Int64 = 0
    }
}

/// Packs the accepted records of one batch, in its order, into chunks.
struct RecordPacker {
    struct Chunk {
        let first: RecordNumber
        var records: Int
        var bytes: [UInt8]
    }

    private(set) var chunks: [Chunk] = []
    private var next: RecordNumber
    private var base = RecordPacking.Base()

    init(first: RecordNumber) { next = first }

    mutating func add(_ view: RecordView, period: Int, late: Bool) {
        if chunks.isEmpty || chunks[chunks.count - 1].records == RecordChunks.mostRecords { begin() }
        chunks[chunks.count - 1].records += 1
        next = RecordNumber(next.value + 1)
        let base = base
        self.base = RecordPacking.Base(
            line: Int64(view.line), period: Int64(period), at: view.at.milliseconds)
        chunks[chunks.count - 1].bytes.appendPacked(atMost: RecordPacking.mostBytes) { packed in
            Self.pack(view, period: period, late: late, after: base, into: &packed)
        }
    }

    /// Takes out the chunks that nothing more comes into; the last one too if `all`.
    mutating func take(all: Bool) -> [Chunk] {
        guard all || chunks.count > 1 else { return [] }
        let kept = all ? [] : chunks.suffix(1)
        defer { chunks = Array(kept) }
        return Array(chunks.dropLast(kept.count))
    }

    private mutating func begin() {
        base = RecordPacking.Base()
        var bytes = [RecordPacking.version]
        bytes.reserveCapacity(40_000)
        chunks.append(Chunk(first: next, records: 0, bytes: bytes))
    }

    @inline(__always)
    private static func pack(
        _ view: RecordView, period: Int, late: Bool, after base: RecordPacking.Base,
        into packed: inout PackedBytes
    ) {
        let flags = packed.reserve(2)
        var set = UInt16(view.type.rawValue) | (late ? RecordPacking.late : 0)
        if Int64(view.line) != base.line &+ 1 {
            set |= RecordPacking.line
            packed.write(UInt64(Int64(view.line) &- base.line))
        }
        if Int64(period) != base.period {
            set |= RecordPacking.period
            packed.write(signed: Int64(period) &- base.period)
        }
        packed.write(signed: view.at.milliseconds &- base.at)
        packed.write(UInt64(view.points.count))
        packed.write(view.id)
        packed.write(view.member)
        if let amount = view.amount {
            set |= RecordPacking.amount
            packed.write(UInt64(amount.minorUnits))
        }
        if packed.write(ifAny: view.ref) { set |= RecordPacking.ref }
        if packed.write(ifAny: view.store) { set |= RecordPacking.store }
        if let expires = view.expires {
            set |= RecordPacking.expires
            packed.write(signed: Int64(expires.dayNumber))
        }
        if packed.write(ifAny: view.campaign) { set |= RecordPacking.campaign }
        if packed.write(ifAny: view.item) { set |= RecordPacking.item }
        packed.store(set, at: flags)
    }
}

/// Reads a chunk from its first record on.
struct RecordUnpacker {
    private let merchant: Int64
    private var number: Int64
    private var left: Int
    private var base: RecordPacking.Base
    private var packed: PackedReader

    /// `bytes` are a chunk's as it was packed, without its sum; they stay where they are as long as this is used.
    init(_ bytes: UnsafeRawBufferPointer, first: RecordNumber, records: Int, merchant: Int64) {
        var packed = PackedReader(bytes)
        let version = packed.byte()
        precondition(version == RecordPacking.version, "a chunk of records is of a form that is known")
        self.packed = packed
        self.merchant = merchant
        number = first.value
        left = records
        base = RecordPacking.Base()
    }

    /// Where a record begins, and what it is told apart from.
    struct Place {
        fileprivate let offset: Int
        fileprivate let base: RecordPacking.Base
    }

    /// How many bytes have been read.
    var position: Int { packed.position }

    /// Where the next record begins.
    var place: Place { Place(offset: packed.position, base: base) }

    /// Reads the one record `number` of a chunk that a reader has gone through before.
    init(_ bytes: UnsafeRawBufferPointer, first number: RecordNumber, merchant: Int64, at place: Place) {
        packed = PackedReader(bytes, from: place.offset)
        self.merchant = merchant
        self.number = number.value
        left = 1
        base = place.base
    }

    /// The next record; nil behind the last.
    @inline(__always)
    mutating func next() -> StoredView? {
        guard left > 0 else { return nil }
        left &-= 1
        let flags = UInt16(packed.byte()) | UInt16(packed.byte()) &<< 8
        func has(_ flag: UInt16) -> Bool { flags & flag != 0 }
        base.line &+= has(RecordPacking.line) ? Int64(packed.unsigned()) : 1
        if has(RecordPacking.period) { base.period &+= packed.signed() }
        base.at &+= packed.signed()
        guard let type = RecordType(rawValue: UInt8(flags & RecordPacking.type)) else {
            preconditionFailure("a stored record is of one of the six types")
        }
        let absent = UnsafeRawBufferPointer(start: nil, count: 0)
        let points = Points(Int64(packed.unsigned()))
        let id = packed.text()
        let member = packed.text()
        let amount = has(RecordPacking.amount) ? Money(Int64(packed.unsigned())) : nil
        let ref = has(RecordPacking.ref) ? packed.text() : absent
        let store = has(RecordPacking.store) ? packed.text() : absent
        let expires = has(RecordPacking.expires) ? LocalDate(dayNumber: Int(packed.signed())) : nil
        let campaign = has(RecordPacking.campaign) ? packed.text() : absent
        let item = has(RecordPacking.item) ? packed.text() : absent
        let view = RecordView(
            line: Int(base.line), type: type, points: points, amount: amount,
            at: Instant(milliseconds: base.at), expires: expires, id: id, member: member, ref: ref,
            store: store, campaign: campaign, item: item)
        defer { number &+= 1 }
        return StoredView(
            number: RecordNumber(number), merchant: merchant, period: Int(base.period),
            late: has(RecordPacking.late), view: view)
    }
}
