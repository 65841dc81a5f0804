import Fixtures
import Foundation
import Settlement
import Testing

/// The public vectors of Noda Time's tzvalidate: per zone every change of offset to 2034.
@Suite(.enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct ZoneVectorTests {
    /// Where midnight is hard to find, each for a reason of its own.
    private static let hard = [
        "America/Havana", "Asia/Beirut", "America/Asuncion", "America/Santiago", "America/Sao_Paulo",
        "Africa/Cairo", "Asia/Gaza", "Atlantic/Azores", "Pacific/Apia", "Australia/Lord_Howe",
        "Antarctica/Troll", "Europe/Dublin", "Africa/Casablanca", "America/St_Johns",
    ]

    @Test("Every local midnight of 2000 to 2034 is where the public vectors put it, in 41 zones")
    func midnights() throws {
        let zones = try ZoneVector.all()
        #expect(zones.count == 41)
        #expect(Set(Self.hard).isSubset(of: zones.map(\.name)))
        var midnights = 0
        var differing: [String] = []
        for zone in zones {
            let rules = try MachineZones.rules(zone.name)
            let expected = zone.midnights(from: 10_957, through: 23_740)
            midnights += expected.count
            let wrong = expected.filter {
                rules.midnight(of: LocalDate(dayNumber: $0.day)).milliseconds != $0.at * 1000
            }
            let wrongOffsets = zone.changes.filter { change in
                change.at >= 946_684_800
                    && (rules.offsetSeconds(at: Instant(milliseconds: change.at * 1000)) != change.offset
                        || rules.offsetSeconds(at: Instant(milliseconds: change.at * 1000 - 1))
                            != change.before)
            }
            guard let first = wrong.first?.day ?? wrongOffsets.first.map({ Int($0.at / 86_400) }) else {
                continue
            }
            differing.append("\(zone.name) (from \(LocalDate(dayNumber: first)))")
        }
        #expect(midnights == 41 * 12_784)
        try judge(differing, of: zones)
    }

    /// From 2000 on the vectors, of tz 2026b, equal tz 2025b. An older machine may differ, and says where; so
    /// does one of later rules.
    private func judge(_ differing: [String], of zones: [ZoneVector]) throws {
        guard !differing.isEmpty else { return }
        let version = MachineZones.version ?? "unknown"
        let message: Comment =
            "tz \(version) of this machine differs from 2026b in \(differing.joined(separator: ", "))"
        if (MachineZones.version ?? "") < "2025b" || version > "2026b" {
            Issue.record(message, severity: .warning)
            #expect(zones.count - differing.count >= 30, "too many zones differ for an older tz")
        } else {
            Issue.record(message)
        }
    }

    @Test("The local date of each instant around a change is the one that its offset gives")
    func dates() throws {
        var instants = 0
        for zone in try ZoneVector.all() {
            let rules = try MachineZones.rules(zone.name)
            for change in zone.changes where change.at >= 946_684_800 && change.at < 1_700_000_000 {
                for shift in [-86_400, -3600, -1, 0, 1, 3600, 86_400] as [Int64] {
                    let at = change.at + shift
                    let local = at + Int64(zone.offset(at: at))
                    let date = rules.localDate(at: Instant(milliseconds: at * 1000 + 999))
                    #expect(
                        date.dayNumber == Int((Double(local) / 86_400).rounded(.down)), "\(zone.name) \(at)")
                    instants += 1
                }
            }
        }
        #expect(instants > 5000)
    }
}

/// One zone's block: where its offset changes, in seconds since 1970.
struct ZoneVector {
    struct Change {
        let at: Int64
        let before: Int
        let offset: Int
    }

    let name: String
    let initial: Int
    private(set) var changes: [Change] = []

    static func all() throws -> [ZoneVector] {
        let text = String(
            decoding: try SharedFolder.bytes("data/vectors/tzvalidate/tzdata2026b-selected.txt"),
            as: UTF8.self)
        return try text.split(separator: "\n\n").dropFirst().map { try ZoneVector(block: String($0)) }
    }

    private init(block: String) throws {
        let lines = block.split(separator: "\n")
        name = String(try #require(lines.first))
        let first = try #require(lines.dropFirst().first?.split(separator: " ").dropFirst().first)
        initial = try Self.seconds(first)
        var offset = initial
        for line in lines.dropFirst(2) {
            let words = line.split(separator: " ")
            let date = try #require(LocalDate(String(words[0])))
            let next = try Self.seconds(words[2])
            let at = Int64(date.dayNumber) * 86_400 + Int64(try Self.seconds("+" + words[1].dropLast()))
            changes.append(Change(at: at, before: offset, offset: next))
            offset = next
        }
    }

    /// `±HH:MM:SS`.
    private static func seconds(_ text: some StringProtocol) throws -> Int {
        let parts = try text.dropFirst().split(separator: ":").map { try #require(Int($0)) }
        let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return text.hasPrefix("-") ? -seconds : seconds
    }

    func offset(at second: Int64) -> Int { changes.last { $0.at <= second }?.offset ?? initial }

    /// The first instant of each date, found the long way: each stretch between two changes is walked through
    /// date by date, and what is seen first counts; a date never seen has the first instant after it.
    func midnights(from first: Int, through last: Int) -> [(day: Int, at: Int64)] {
        var seen: [Int: Int64] = [:]
        var stretches: [(at: Int64, offset: Int)] = [(.min, initial)]
        for change in changes { stretches.append((change.at, change.offset)) }
        for (index, stretch) in stretches.enumerated() {
            let offset = Int64(stretch.offset)
            let begin = max(stretch.at, Int64(first - 3) * 86_400)
            let end = index + 1 < stretches.count ? stretches[index + 1].at : Int64(last + 3) * 86_400
            guard begin < end else { continue }
            let firstSeen = (begin + offset) / 86_400
            let lastSeen = (end + offset - 1) / 86_400
            for day in firstSeen...lastSeen {
                let at = max(begin, day * 86_400 - offset)
                seen[Int(day)] = min(seen[Int(day)] ?? .max, at)
            }
        }
        return (first...last).map { day in
            (day, seen[day] ?? seen.filter { $0.key > day && $0.key < day + 3 }.values.min() ?? .max)
        }
    }
}
