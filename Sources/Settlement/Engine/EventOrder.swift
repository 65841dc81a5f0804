/// The order in which a member's events are settled. Rulebook §5.
///
/// By (effective time, `at`, rank, merchant, id); a reversal that would sort before its original in the same
/// period stands directly after it, at the original's effective time, several of them in their own order.
func ordered(_ events: [Event], of member: MemberID) -> [Event] {
    guard events.count > 1 else { return events }
    let sorted = isOrdered(events) ? events : order(of: events).map { events[$0] }
    return hasReversal(sorted) ? withEarlyReversalsMoved(sorted) : sorted
}

/// Whether `left` comes before `right` by the key of rulebook §5.
func precedes(_ left: Event, _ right: Event) -> Bool {
    if left.effective != right.effective { return left.effective < right.effective }
    if left.record.at != right.record.at { return left.record.at < right.record.at }
    if left.record.type != right.record.type { return left.record.type.rawValue < right.record.type.rawValue }
    if left.merchant != right.merchant { return left.merchant < right.merchant }
    return left.record.id < right.record.id
}

/// Whether the events are in the order of their keys already, as they mostly arrive. Looks at their times in
/// place: to take an event out of its array costs more than all of the comparison.
func isOrdered(_ events: [Event]) -> Bool {
    for position in events.indices.dropFirst() {
        let (effective, before) = (events[position].effective, events[position - 1].effective)
        if effective > before { continue }
        if effective < before { return false }
        let (at, atBefore) = (events[position].record.at, events[position - 1].record.at)
        if at > atBefore { continue }
        if at < atBefore || precedes(events[position], events[position - 1]) { return false }
    }
    return true
}

/// The positions of the events in the order of their keys.
func order(of events: [Event]) -> [Int] {
    events.indices.sorted { precedes(events[$0], events[$1]) }
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
    for (position, event) in sorted.enumerated() {
        positions[RecordName(merchant: event.merchant, id: event.record.id)] = position
    }
    var followers: [Int: [Event]] = [:]
    var moved = Set<Int>()
    for (position, event) in sorted.enumerated() {
        guard let reversed = event.record.type.reverses, let ref = event.record.ref,
            let original = positions[RecordName(merchant: event.merchant, id: ref)], original > position,
            sorted[original].record.type == reversed
        else { continue }
        moved.insert(position)
        followers[original, default: []].append(event.moved(to: sorted[original].effective))
    }
    guard !moved.isEmpty else { return sorted }
    var result: [Event] = []
    result.reserveCapacity(sorted.count)
    for (position, event) in sorted.enumerated() where !moved.contains(position) {
        result.append(event)
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
