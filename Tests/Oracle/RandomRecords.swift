/// Writes the `records.csv` and `bookings.csv` of a random history.
struct RandomRecords {
    let setting: RandomSetting
    var numbers: RandomNumbers
    let members: [String]
    /// Instants that many records share, boundaries among them.
    private var coincidences: [Int64] = []
    var drafts: [RandomDraft] = []

    init(_ setting: RandomSetting, _ numbers: RandomNumbers) {
        self.setting = setting
        self.numbers = numbers
        members = Array(["x", "y", "Z"].prefix(self.numbers.number(1...3)))
        let edges = setting.spans.flatMap { [$0.start, $0.end - 1] } + [setting.start - 1]
        let changes = setting.alliance.merchants.flatMap(\.terms).map { setting.zone.midnight(of: $0.from) }
        coincidences = edges + changes.filter { $0 >= setting.start }
        for _ in 0..<6 { coincidences.append(self.numbers.number(setting.start...setting.end - 1)) }
    }

    mutating func write() {
        for _ in 0..<numbers.number(6...40) { drafts.append(record()) }
        for number in 0..<numbers.number(1...4) { drafts += plot(number) }
        for _ in 0..<drafts.count / 3 { if let reversal = reversal() { drafts.append(reversal) } }
        for _ in 0..<drafts.count / 8 { drafts.append(repetition()) }
        if numbers.happens(60) { drafts = numbers.shuffled(drafts) }
    }

    var text: String { ([RandomDraft.columns] + drafts.map(\.row)).joined(separator: "\n") + "\n" }

    private mutating func record() -> RandomDraft {
        let merchant = numbers.pick(setting.alliance.merchants).id
        var draft = RandomDraft(merchant: merchant, id: freeID(merchant), member: numbers.pick(members))
        draft.store = numbers.happens(10) ? "s1" : ""
        switch numbers.number(1...20) {
        case 1...10: makeEarn(&draft)
        case 11...16: makeRedeem(&draft)
        case 17...18: makeOpening(&draft)
        default: (draft.type, draft.points, draft.at) = ("correction", numbers.number(1...15), moment())
        }
        finish(&draft)
        return draft
    }

    private mutating func makeEarn(_ draft: inout RandomDraft) {
        draft.type = "earn"
        draft.points = numbers.happens(6) ? 0 : numbers.number(1...12)
        if numbers.happens(2) { draft.points = 999_999_000 }
        // The earlier of two, so that there is something to spend.
        draft.at = min(moment(), moment())
        if numbers.happens(30) { draft.amount = String(numbers.pick([0, 1, 500, 1200, 99_999])) }
        let campaigns = setting.alliance.campaigns.map(\.id)
        if !campaigns.isEmpty, numbers.happens(35) { draft.campaign = numbers.pick(campaigns) }
        if numbers.happens(2) { draft.campaign = "nowhere" }
    }

    private mutating func makeRedeem(_ draft: inout RandomDraft) {
        (draft.type, draft.points, draft.at) = ("redeem", numbers.number(1...14), moment())
        if numbers.happens(20) { draft.amount = String(numbers.number(0...900)) }
        if let item = setting.alliance.items.first(where: { _ in numbers.happens(25) }) {
            draft.item = item.id
            if numbers.happens(75) { draft.points = item.points * numbers.number(1...3) }
        }
        if numbers.happens(2) { draft.item = "nothing" }
    }

    private mutating func makeOpening(_ draft: inout RandomDraft) {
        (draft.type, draft.points) = ("opening", numbers.number(1...12))
        let early = numbers.number(setting.start - 30 * 86_400_000...setting.start)
        draft.at = numbers.happens(50) ? early : moment()
        if numbers.happens(70) { draft.expires = setting.zone.localDate(at: moment()).text }
    }

    mutating func freeID(_ merchant: String) -> String {
        let count = drafts.filter { $0.merchant == merchant }.count
        // Not unique for sure once drafts have been repeated, and then it is one more reuse of an id.
        return numbers.pick(["", "", "a"]) + String(count + 1)
    }

    mutating func moment() -> Int64 {
        if numbers.happens(35) { return numbers.pick(coincidences) }
        let moment = numbers.number(setting.start...setting.end - 1)
        return numbers.happens(70) ? moment / 1000 * 1000 : moment
    }

    /// Writes the instants: that of the event in some offset, that of receipt if it is told.
    mutating func finish(_ draft: inout RandomDraft) {
        draft.atText = RandomDraft.text(of: draft.at, &numbers)
        let isTold = setting.receipt == .all || (setting.receipt == .some && numbers.happens(50))
        draft.received = isTold ? RandomDraft.text(of: receipt(draft.at), &numbers, exact: true) : ""
    }

    private mutating func receipt(_ at: Int64) -> Int64 {
        let hour: Int64 = 3_600_000
        let close = numbers.pick(setting.spans).end + setting.alliance.graceHours * hour
        switch numbers.number(1...20) {
        case 1: return at - numbers.pick([300_000, 300_001, 3_600_000])
        case 2...10: return at + numbers.number(0...hour)
        case 11...13: return max(at, close)
        case 14...15: return max(at, close + 1)
        case 16: return at + 20 * 24 * hour + numbers.number(0...1)
        default: return at + numbers.number(0...(setting.end - setting.start) / 2)
        }
    }
}
