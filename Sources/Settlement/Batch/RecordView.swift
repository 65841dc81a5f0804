/// A record whose texts stand in memory that someone else holds: valid as long as that is, and never kept.
/// It is checked, as a `Record` is; an absent text has no bytes.
public struct RecordView {
    /// 1-based line of the batch's bytes.
    public let line: Int
    public let type: RecordType
    public let points: Points
    public let amount: Money?
    public let at: Instant
    public let expires: LocalDate?
    public let id: UnsafeRawBufferPointer
    public let member: UnsafeRawBufferPointer
    public let ref: UnsafeRawBufferPointer
    public let store: UnsafeRawBufferPointer
    public let campaign: UnsafeRawBufferPointer
    public let item: UnsafeRawBufferPointer

    @inlinable
    public init(
        line: Int, type: RecordType, points: Points, amount: Money?, at: Instant, expires: LocalDate?,
        id: UnsafeRawBufferPointer, member: UnsafeRawBufferPointer, ref: UnsafeRawBufferPointer,
        store: UnsafeRawBufferPointer, campaign: UnsafeRawBufferPointer, item: UnsafeRawBufferPointer
    ) {
        self.line = line
        self.type = type
        self.points = points
        self.amount = amount
        self.at = at
        self.expires = expires
        self.id = id
        self.member = member
        self.ref = ref
        self.store = store
        self.campaign = campaign
        self.item = item
    }

    /// The record with texts of its own.
    public var record: Record {
        Record(
            id: RecordID(verified: Self.text(id)), type: type, member: MemberID(verified: Self.text(member)),
            points: points, amount: amount, at: at,
            ref: ref.isEmpty ? nil : RecordID(verified: Self.text(ref)),
            store: store.isEmpty ? nil : StoreID(verified: Self.text(store)), expires: expires,
            campaign: campaign.isEmpty ? nil : CampaignID(verified: Self.text(campaign)),
            item: item.isEmpty ? nil : ItemID(verified: Self.text(item)))
    }

    /// Whether both have the same id.
    public func hasID(of other: RecordView) -> Bool { id.elementsEqual(other.id) }

    /// Whether both say the same, wherever they stand: what makes a record a duplicate. Rulebook §3.
    public func isSame(as other: RecordView) -> Bool {
        func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
            left.elementsEqual(right)
        }
        return type == other.type && points == other.points && amount == other.amount && at == other.at
            && expires == other.expires && same(id, other.id) && same(member, other.member)
            && same(ref, other.ref) && same(store, other.store) && same(campaign, other.campaign)
            && same(item, other.item)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

/// The records of one batch as they stand in its bytes; valid inside the call that gives them.
public struct RecordViews {
    private let scanned: UnsafeScannedRecords
    private let bytes: UnsafeRawBufferPointer
    private let decoded: UnsafeRawBufferPointer

    init(
        scanned: UnsafeScannedRecords, bytes: UnsafeRawBufferPointer,
        decoded: UnsafeRawBufferPointer
    ) {
        self.scanned = scanned
        self.bytes = bytes
        self.decoded = decoded
    }

    public var count: Int { scanned.count }

    public subscript(position: Int) -> RecordView {
        scanned.view(position) { range in
            range.start < bytes.count
                ? UnsafeRawBufferPointer(rebasing: bytes[range.start..<range.end])
                : UnsafeRawBufferPointer(
                    rebasing: decoded[(range.start - bytes.count)..<(range.end - bytes.count)])
        }
    }
}
