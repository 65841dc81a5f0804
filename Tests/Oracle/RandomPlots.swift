/// The parts of a random history that refer to other parts of it.
extension RandomRecords {
    /// Points are earned, spent, taken back and given back, in some order, often by a member who does nothing
    /// else: what chance alone seldom brings together.
    mutating func plot(_ number: Int) -> [RandomDraft] {
        let issuer = numbers.pick(setting.alliance.merchants).id
        let redeemer = numbers.pick(setting.alliance.merchants).id
        let member = numbers.happens(70) ? "p\(number)" : numbers.pick(members)
        var times = (0..<6).map { _ in moment() }.sorted()
        // Long enough for the points to expire between the spending and what comes of it.
        if numbers.happens(50) {
            let (first, last) = (setting.spans[0], setting.spans[setting.spans.count - 1])
            let early = (0..<2).map { _ in numbers.number(first.start...first.end - 1) }
            times = (early + (0..<4).map { _ in numbers.number(last.start...last.end - 1) }).sorted()
        }
        if numbers.happens(30) { times.swapAt(numbers.number(0...5), numbers.number(0...5)) }
        let points: Int64 = numbers.number(2...12)
        func draft(_ name: String, _ merchant: String, _ type: String, _ points: Int64, _ ref: String)
            -> RandomDraft
        {
            var draft = RandomDraft(merchant: merchant, id: "\(name)\(number)", member: member)
            (draft.type, draft.points, draft.ref) = (type, points, ref)
            return draft
        }
        let part = numbers.number(1...points)
        var steps = [
            draft("e", issuer, "earn", points, ""),
            draft("r", redeemer, "redeem", numbers.pick([points, points, part]), ""),
            draft("w", issuer, "earn_reversal", numbers.pick([points, points, part]), "e\(number)"),
            draft("v", redeemer, "redeem_reversal", part, "r\(number)"),
            draft("f", issuer, "earn", numbers.number(1...12), ""),
            draft("u", issuer, "earn_reversal", numbers.number(1...points), "e\(number)"),
        ]
        // The giving back before the taking back, the second earn before the debt or after it.
        if numbers.happens(30) { steps.swapAt(2, 3) }
        if numbers.happens(30) { steps.swapAt(4, numbers.number(1...3)) }
        for index in steps.indices {
            steps[index].at = times[index]
            finish(&steps[index])
        }
        return steps
    }

    /// All or part of an earlier draft is taken back, mostly as it should be.
    mutating func reversal() -> RandomDraft? {
        let originals = drafts.filter { $0.type == "earn" || $0.type == "redeem" }
        if originals.isEmpty { return nil }
        let original = numbers.pick(originals)
        let merchant = numbers.happens(4) ? numbers.pick(setting.alliance.merchants).id : original.merchant
        let member = numbers.happens(4) ? numbers.pick(members) : original.member
        var draft = RandomDraft(merchant: merchant, id: freeID(merchant), member: member)
        draft.type = original.type + "_reversal"
        if numbers.happens(4) { draft.type = numbers.pick(["earn_reversal", "redeem_reversal"]) }
        let part = numbers.number(1...max(1, min(original.points, 20)))
        draft.points = numbers.pick([part, part, max(1, original.points), original.points + 1])
        let soon = min(original.at + numbers.number(0...86_400_000), setting.end - 1)
        draft.at = numbers.pick([moment(), max(original.at, moment()), max(original.at, moment()), soon])
        if numbers.happens(15) { draft.at = original.at }
        draft.ref = numbers.happens(5) ? "unheard-of" : original.id
        if numbers.happens(4) { draft.ref = numbers.pick(drafts).id }
        finish(&draft)
        return draft
    }

    /// The same record again, its instant written otherwise, or another one of the same id.
    mutating func repetition() -> RandomDraft {
        var draft = numbers.pick(drafts)
        if numbers.happens(35) {
            if draft.type == "earn", draft.amount.isEmpty { draft.amount = "0" } else { draft.points += 1 }
        }
        finish(&draft)
        return draft
    }
}
