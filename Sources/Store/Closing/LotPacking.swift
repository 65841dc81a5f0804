import Settlement

/// A lot as it is stored, among what its member holds or what a close left of it:
///
///     flags      1 funded at the redemption, 2 opening, 4 expires, 8 campaign
///     number, merchant, issuer, points, at (signed), issue price, breakage share
///     id, terms, expiry (ms after `at`, signed), campaign
///     open, expired, expired and met, reversed
///
/// All but the last line is fixed for good.
enum LotPacking {
    /// More than any lot takes.
    static let mostBytes = 1 + 12 * 10 + 3 * 65

    /// About what most lots take: for making room.
    static let usualBytes = 72

    /// Where a lot stands in packed bytes, and where its fixed part ends.
    struct Place {
        let start: Int
        let fixedEnd: Int
    }

    private static let atRedemption: UInt8 = 1
    private static let opening: UInt8 = 2
    private static let expires: UInt8 = 4
    private static let campaign: UInt8 = 8

    static func pack(_ lot: Lot, _ roster: Roster, into packed: inout PackedBytes) {
        var flags = lot.funding == .redemption ? atRedemption : 0
        if lot.isOpening { flags |= opening }
        if lot.expiresAt != nil { flags |= expires }
        if lot.campaign != nil { flags |= campaign }
        packed.write(byte: flags)
        packed.write(UInt64(lot.number.value))
        let merchant = roster[lot.merchant]
        packed.write(UInt64(merchant))
        packed.write(UInt64(lot.issuer == lot.merchant ? merchant : roster[lot.issuer]))
        packed.write(UInt64(lot.points.count))
        packed.write(signed: lot.at.milliseconds)
        packed.write(UInt64(lot.issuePrice.millionths))
        packed.write(UInt64(lot.breakageShare.millionths))
        packed.write(lot.id)
        packed.write(lot.terms)
        if let expiry = lot.expiresAt { packed.write(signed: expiry.milliseconds - lot.at.milliseconds) }
        if let campaign = lot.campaign { packed.write(campaign) }
        packState(of: lot, into: &packed)
    }

    /// The part that changes.
    static func packState(of lot: Lot, into packed: inout PackedBytes) {
        packed.write(UInt64(lot.open.count))
        packed.write(UInt64(lot.expired.count))
        packed.write(UInt64(lot.expiredMet.count))
        packed.write(UInt64(lot.reversed.count))
    }

    static func lot(_ packed: inout PackedReader, _ roster: Roster) -> (lot: Lot, place: Place) {
        let start = packed.position
        let flags = packed.byte()
        let number = RecordNumber(Int64(packed.unsigned()))
        let merchant = roster[Int64(packed.unsigned())]
        let issuer = roster[Int64(packed.unsigned())]
        let points = Points(Int64(packed.unsigned()))
        let at = Instant(milliseconds: packed.signed())
        let price = Price(millionths: Int64(packed.unsigned()))
        let share = Fraction(millionths: Int64(packed.unsigned()))
        let id: RecordID = packed.identifier()
        let terms: TermsName = packed.identifier()
        let expiry = flags & expires == 0 ? nil : at.advanced(byMilliseconds: packed.signed())
        let campaign: CampaignID? = flags & campaign == 0 ? nil : packed.identifier()
        let fixedEnd = packed.position
        var lot = Lot(
            number: number, merchant: merchant, id: id, issuer: issuer, at: at, expiresAt: expiry,
            funding: flags & atRedemption == 0 ? .issue : .redemption, issuePrice: price,
            breakageShare: share, isOpening: flags & opening != 0, campaign: campaign, terms: terms,
            points: points)
        lot.open = Points(Int64(packed.unsigned()))
        lot.expired = Points(Int64(packed.unsigned()))
        lot.expiredMet = Points(Int64(packed.unsigned()))
        lot.reversed = Points(Int64(packed.unsigned()))
        return (lot, Place(start: start, fixedEnd: fixedEnd))
    }
}
