/// The order in which a member's events are settled. Rulebook §5.
///
/// By (effective time, `at`, rank, merchant, id); a reversal that would sort before its original in the same
/// period stands directly after it, at the original's effective time, several of them in their own order.
func ordered(_ events: [Event], of member: MemberID) -> [Event] {
    guard events.count > 1 else { return events }
    let sorted = isOrdered(events) ? events : order(of: events).map { events[$0] }
    return hasReversal(sorted) ? withEarlyReversalsMoved(sorted) : sorted
}

/// Whether the event at one position comes before another by the key of rulebook §5. Looks at them in place: to take
/// an event out of its array costs more than all of the comparison.
func precedes(_ left: Int, _ right: Int, in events: [Event]) -> Bool {
    if events[left].effective != events[right].effective {
        return events[left].effective < events[right].effective
    }
    if events[left].record.at != events[right].record.at {
        return events[left].record.at < events[right].record.at
    }
    if events[left].record.type != events[right].record.type {
        return events[left].record.type.rawValue < events[right].record.type.rawValue
    }
    if events[left].merchant != events[right].merchant {
        return events[left].merchant < events[right].merchant
    }
    return events[left].record.id < events[right].record.id
}

/// Whether the events are in the order of their keys already, as they mostly arrive.
func isOrdered(_ events: [Event]) -> Bool {
    for position in events.indices.dropFirst() {
        let (effective, before) = (events[position].effective, events[position - 1].effective)
        if effective > before { continue }
        if effective < before { return false }
        let (at, atBefore) = (events[position].record.at, events[position - 1].record.at)
        if at > atBefore { continue }
        if at < atBefore || precedes(position, position - 1, in: events) { return false }
    }
    return true
}

/// The positions of the events in the order of their keys.
func order(of events: [Event]) -> [Int] {
    events.indices.sorted { precedes($0, $1, in: events) }
}

func hasReversal(_ events: [Event]) -> Bool {
    for position in events.indices where events[position].record.type.reverses != nil { return true }
    return false
}

/// A record's name among all of the alliance: ids are unique per merchant.
struct RecordName: Hashable {
    let merchant: MerchantID
    let id: RecordID
}

private func withEarlyReversalsMoved(_ sorted: [Event]) -> [Event] {
    var positions: [RecordName: Int] = [:]
    for position in sorted.indices {
        positions[RecordName(merchant: sorted[position].merchant, id: sorted[position].record.id)] = position
    }
    var followers: [Int: [Event]] = [:]
    var moved = Set<Int>()
    for position in sorted.indices {
        guard let reversed = sorted[position].record.type.reverses, let ref = sorted[position].record.ref,
            let original = positions[RecordName(merchant: sorted[position].merchant, id: ref)],
            original > position, sorted[original].record.type == reversed
        else { continue }
        moved.insert(position)
        followers[original, default: []].append(sorted[position].moved(to: sorted[original].effective))
    }
    guard !moved.isEmpty else { return sorted }
    var result: [Event] = []
    result.reserveCapacity(sorted.count)
    for position in sorted.indices where !moved.contains(position) {
        result.append(sorted[position])
        result.append(contentsOf: followers[position] ?? [])
    }
    return result
}

extension Event {
    /// The same record, taking effect at another moment.
    func moved(to effective: Instant) -> Event {
        Event(
            number: number, merchant: merchant, record: record, effective: effective, late: late,
            attempts: attempts)
    }
}
