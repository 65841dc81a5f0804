import Service
import Settlement

extension FuzzTarget {
    public static let alliance = FuzzTarget(
        name: "alliance", subject: "the alliance file, from YAML to findings", longestBytes: 3072,
        seeds: Seeds.alliances,
        check: .plain { (input) throws(BrokenPromise) in
            try AllianceFuzzing.check(input)
        })
}

/// What is taken as an alliance can be stored, read back, dated and put in its own place; what is refused is refused
/// on lines that are there.
enum AllianceFuzzing {
    static func check(_ bytes: [UInt8]) throws(BrokenPromise) -> FuzzTarget.Verdict {
        switch read(bytes) {
        case .success(let alliance):
            try checkStored(alliance)
            checkDates(of: alliance)
            let change = AllianceChange(
                from: alliance, to: alliance, standing: .init(earliestOpen: 1, hasRecords: true))
            try promise(change.isEmpty && change.refusals.isEmpty, "an alliance is no change of itself")
            return .taken
        case .failure(let refusal):
            try check(refusal, bytes)
            // Of a few, since reading is most of the work.
            let isSame = !bytes.count.isMultiple(of: 32) || read(bytes) == .failure(refusal)
            try promise(isSame, "the same bytes are refused with the same findings")
            return .refused(refusal.problems[0].code.text)
        }
    }

    private static func read(_ bytes: [UInt8]) -> Result<Alliance, AllianceFileRefusal> {
        do throws(AllianceFileRefusal) {
            return .success(try AllianceFile.parse(bytes: bytes, fileName: "alliance.yaml"))
        } catch {
            return .failure(error)
        }
    }

    private static func check(_ refusal: AllianceFileRefusal, _ bytes: [UInt8]) throws(BrokenPromise) {
        // Besides LF, libyaml ends lines with CR, NEL, LS and PS.
        let ends = bytes.count { [0x0A, 0x0D, 0x85, 0xA8, 0xA9].contains($0) }
        var last = 0
        for problem in refusal.problems {
            try promise(
                (1...ends + 2).contains(problem.line) && problem.column >= 1,
                "\(problem.line):\(problem.column) of \(problem.code) is a place of the file")
            try promise(problem.line >= last, "findings are told by line")
            try promise(!problem.reason.isEmpty, "a finding has a reason")
            last = problem.line
        }
    }

    private static func checkStored(_ alliance: Alliance) throws(BrokenPromise) {
        try promise(alliance.problems.isEmpty, "an alliance that is taken has no problems")
        let stored = AllianceDocument.bytes(of: alliance)
        try promise(
            (try? AllianceDocument.alliance(from: stored)) == alliance, "a stored alliance reads as itself")
    }

    /// Nothing that is dated by local days traps, whatever the days.
    private static func checkDates(of alliance: Alliance) {
        guard let zone = try? ZoneInfo.rules(of: alliance.timezone) else { return }
        let schedule = Schedule(alliance: alliance, zone: zone)
        for ordinal in [0, 1, 100] { _ = schedule.calendar.period(ordinal) }
        for merchant in alliance.merchants {
            for instant in [Instant.earliest, Sample.received, Instant.latest] {
                _ = schedule.status(of: merchant.id, at: instant)
            }
        }
    }
}
