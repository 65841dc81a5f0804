import Settlement

/// The form in which a close sorts records: what the engine looks at, and no more.
///
///     flags       the type in the three lowest bits, then: late, ref, expires, campaign, item
///     member, id
///     number, merchant, points, at (signed), attempts
///     ref, expires (days since 1970-01-01, signed), campaign, item
///
/// It lives from the reading of a period to its settling, so it bears no version.
enum EventPacking {
    /// More than any event takes.
    static let mostBytes = 1 + 5 * 65 + 6 * 10

    /// About what most events take, their lengths included: for making room.
    static let usualBytes = 40

    private static let type: UInt8 = 0x07
    private static let late: UInt8 = 0x08
    private static let ref: UInt8 = 0x10
    private static let expires: UInt8 = 0x20
    private static let campaign: UInt8 = 0x40
    private static let item: UInt8 = 0x80

    static func pack(_ record: StoredView, attempts: Int, into packed: inout PackedBytes) {
        let view = record.view
        var flags = view.type.rawValue | (record.late ? late : 0)
        if !view.ref.isEmpty { flags |= ref }
        if view.expires != nil { flags |= expires }
        if !view.campaign.isEmpty { flags |= campaign }
        if !view.item.isEmpty { flags |= item }
        packed.write(byte: flags)
        packed.write(view.member)
        packed.write(view.id)
        packed.write(UInt64(record.number.value))
        packed.write(UInt64(record.merchant))
        packed.write(UInt64(view.points.count))
        packed.write(signed: view.at.milliseconds)
        packed.write(UInt64(attempts))
        _ = packed.write(ifAny: view.ref)
        if let date = view.expires { packed.write(signed: Int64(date.dayNumber)) }
        _ = packed.write(ifAny: view.campaign)
        _ = packed.write(ifAny: view.item)
    }

    /// The member's id, without reading the rest.
    static func member(of packed: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var reader = PackedReader(packed, from: 1)
        return reader.text()
    }

    static func type(of packed: UnsafeRawBufferPointer) -> RecordType {
        guard let type = RecordType(rawValue: packed[0] & Self.type) else {
            preconditionFailure("a record is stored with its type")
        }
        return type
    }

    /// The event, of the member whose id it bears. Amount and store do not matter to a settlement: its record
    /// has none.
    static func event(
        _ packed: UnsafeRawBufferPointer, of member: MemberID, roster: Roster, periodStart: Instant
    ) -> Event {
        var reader = PackedReader(packed)
        let flags = reader.byte()
        let type = type(of: packed)
        _ = reader.text()
        let id = RecordID(verified: reader.text())
        let number = RecordNumber(Int64(reader.unsigned()))
        let merchant = roster[Int64(reader.unsigned())]
        let points = Points(Int64(reader.unsigned()))
        let at = Instant(milliseconds: reader.signed())
        let attempts = Int(reader.unsigned())
        let record = Settlement.Record(
            id: id, type: type, member: member, points: points, at: at,
            ref: flags & ref == 0 ? nil : RecordID(verified: reader.text()),
            expires: flags & expires == 0 ? nil : LocalDate(dayNumber: Int(reader.signed())),
            campaign: flags & campaign == 0 ? nil : CampaignID(verified: reader.text()),
            item: flags & item == 0 ? nil : ItemID(verified: reader.text()))
        let isLate = flags & late != 0
        // An opening from before the alliance's start is the only other record that lies before its period.
        return Event(
            number: number, merchant: merchant, record: record,
            effective: isLate || attempts > 0 ? periodStart : max(periodStart, at), late: isLate,
            attempts: attempts)
    }
}
