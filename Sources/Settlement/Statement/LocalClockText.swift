/// Writes instants in local time, RFC 3339 with milliseconds. The text of the offset, which seldom changes,
/// is at hand.
struct LocalClockText {
    private let zone: ZoneRules
    private var offset = Int.min
    private let suffix = RowText()

    init(zone: ZoneRules) { self.zone = zone }

    mutating func write(_ instant: Instant, to row: RowText) {
        let offset = zone.offsetSeconds(at: instant)
        if offset != self.offset { turn(to: offset, instant) }
        let local = instant.milliseconds + Int64(offset) * 1_000
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: 86_400_000)
        let day = remainder < 0 ? quotient - 1 : quotient
        let time = UInt64(local - day * 86_400_000)
        let date = LocalDate(dayNumber: Int(day)).components
        row.digits(UInt64(date.year), width: 4)
        row.byte(UInt8(ascii: "-"))
        row.digits(UInt64(date.month), width: 2)
        row.byte(UInt8(ascii: "-"))
        row.digits(UInt64(date.day), width: 2)
        row.byte(UInt8(ascii: "T"))
        row.digits(time / 3_600_000, width: 2)
        row.byte(UInt8(ascii: ":"))
        row.digits(time / 60_000 % 60, width: 2)
        row.byte(UInt8(ascii: ":"))
        row.digits(time / 1_000 % 60, width: 2)
        row.byte(UInt8(ascii: "."))
        row.digits(time % 1_000, width: 3)
        row.text(suffix)
    }

    private mutating func turn(to offset: Int, _ instant: Instant) {
        self.offset = offset
        let text = instant.text(offsetSeconds: offset, milliseconds: true)
        suffix.clear()
        suffix.text(String(text.dropFirst(23)))
    }
}
