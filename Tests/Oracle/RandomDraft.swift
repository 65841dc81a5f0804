/// A row of `records.csv` in the making.
struct RandomDraft {
    let merchant: String
    let id: String
    let member: String
    var type = ""
    var points: Int64 = 0
    var amount = ""
    var at: Int64 = 0
    var atText = ""
    var ref = ""
    var store = ""
    var expires = ""
    var campaign = ""
    var item = ""
    var received = ""

    init(merchant: String, id: String, member: String) {
        (self.merchant, self.id, self.member) = (merchant, id, member)
    }

    static let columns = "merchant,id,type,member,points,amount,at,ref,store,expires,campaign,item,received"

    var row: String {
        [
            merchant, id, type, member, String(points), amount, atText, ref, store, expires, campaign, item,
            received,
        ].joined(separator: ",")
    }

    /// An instant in RFC 3339, in one of several offsets and, unless it is to be exact, with digits beyond
    /// the millisecond, which are to be cut.
    static func text(of instant: Int64, _ numbers: inout RandomNumbers, exact: Bool = false) -> String {
        let offset = numbers.pick([0, 0, 60, 120, 180, -300, 330])
        let milliseconds = Int(instant % 1000)
        var fraction = milliseconds == 0 ? "" : ".\(padded(milliseconds, 3))"
        if !exact, numbers.happens(15) {
            fraction = ".\(padded(milliseconds, 3))\(numbers.pick(["4", "9999"]))"
        }
        return text(of: instant, offset: offset, fraction: fraction)
    }

    /// The same in an offset of so many minutes, with a fraction of a second as it is to be written.
    static func text(of instant: Int64, offset: Int, fraction: String = "") -> String {
        let local = instant / 1000 + Int64(offset) * 60
        let (date, second) = (OracleDate(daysSince1970: Int(local / 86_400)), Int(local % 86_400))
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        let (sign, distance) = (offset < 0 ? "-" : "+", abs(offset))
        let zone = offset == 0 ? "Z" : "\(sign)\(padded(distance / 60, 2)):\(padded(distance % 60, 2))"
        return "\(date.text)T\(time)\(fraction)\(zone)"
    }
}
