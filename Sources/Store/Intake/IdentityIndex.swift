import GRDB
import Settlement

/// Which record bears an id: what is known of that between transactions.
///
/// An id is kept as a fingerprint with its record's number. The fingerprints of the latest records are in
/// memory, and made again from the records when the file is opened; those of older ones are in runs, written
/// when so many have come that it is worth it, and merged later so that there are never many. Runs cover all
/// records from the first on without a gap. A fingerprint that is found is only a hint: the record bears the
/// id, and is asked.
struct IdentityIndex: Sendable {
    let form: IdentityForm
    private(set) var runs: [IdentityRun]
    /// Of the runs that this process wrote and that are not merged.
    private(set) var groups: [IdentityGroup] = []
    private var tail = IdentityTail()
    private var merge: IdentityMerge?
    /// The last record that it knows.
    private(set) var last: Int64

    /// Reads what the file says. Throws `StoreTrouble` if its runs do not cover the records.
    init(_ database: Database) throws {
        form = try IdentityForm(database)
        runs = try IdentityRuns(database).all(by: form)
        last = try RecordChunks.lastNumber(database).value
        let told = try BatchRows(database).lastRecord()
        guard told == last else {
            throw StoreTrouble.damaged(
                "record_chunks", "the last row", "it ends with record \(last), the last batch with \(told)")
        }
        var covered: Int64 = 0
        for run in runs {
            guard run.first == covered + 1 else {
                throw StoreTrouble.identities(
                    "record \(covered + 1) is in no run, or in two: expected a run from it on, found \(run.first)"
                )
            }
            covered = run.last
        }
        guard covered <= last else {
            throw StoreTrouble.identities("runs go up to record \(covered), records to \(last)")
        }
        tail.reserve(Int(last - covered))
        try RecordChunks(database).forEach(in: covered + 1..<last + 1) { stored in
            tail.insert(
                form.fingerprint(of: stored.view.id, of: stored.merchant), stored.number.value)
        }
        tail.keep()
    }

    /// Reads anew if others have written since.
    mutating func catchUp(_ database: Database) throws {
        let last = try RecordChunks.lastNumber(database).value
        if last != self.last { self = try IdentityIndex(database) }
    }

    // MARK: Finding

    /// In which runs each fingerprint may be; most are in none.
    func marks(of fingerprints: [UInt64]) -> [UInt64] {
        let probes = fingerprints.map { IdentityFilter.Probe($0) }
        var marks = [UInt64](repeating: 0, count: fingerprints.count)
        var grouped: [(flag: UInt64, run: IdentityRun)] = []
        for (position, run) in runs.enumerated() {
            if groups.contains(where: { $0.covers(run) }) {
                grouped.append((Self.flag(position), run))
            } else {
                run.filter.mark(probes, with: Self.flag(position), in: &marks)
            }
        }
        guard !grouped.isEmpty else { return marks }
        for group in groups { group.filter.mark(probes, with: Self.groupFlag, in: &marks) }
        for index in marks.indices where marks[index] & Self.groupFlag != 0 {
            marks[index] &= ~Self.groupFlag
            for (flag, run) in grouped where run.filter.holds(fingerprints[index]) { marks[index] |= flag }
        }
        return marks
    }

    /// The 63rd run and those behind it share a flag.
    private static func flag(_ position: Int) -> UInt64 { 1 &<< UInt64(min(position, 62)) }

    /// Some group's filter lets it pass.
    private static let groupFlag: UInt64 = 1 << 63

    /// The first record with this fingerprint of which `bears` says that it bears the id.
    @inline(__always)
    func bearer(
        _ fingerprint: UInt64, marks: UInt64, _ rows: IdentityRuns, _ bears: (RecordNumber) throws -> Bool
    ) throws -> RecordNumber? {
        var place: Int?
        while let record = tail.next(fingerprint, from: &place) {
            if try bears(RecordNumber(record)) { return RecordNumber(record) }
        }
        return marks == 0 ? nil : try old(fingerprint, marks: marks, rows, bears)
    }

    private func old(
        _ fingerprint: UInt64, marks: UInt64, _ rows: IdentityRuns, _ bears: (RecordNumber) throws -> Bool
    ) throws -> RecordNumber? {
        for (position, run) in runs.enumerated() where marks & Self.flag(position) != 0 {
            for record in try rows.records(with: fingerprint, in: run)
            where try bears(RecordNumber(record)) {
                return RecordNumber(record)
            }
        }
        return nil
    }

    // MARK: Claiming

    /// Makes room for so many claims.
    mutating func reserve(_ count: Int) { tail.reserve(count) }

    /// Gives an id that nobody bears to the next record.
    mutating func claim(_ fingerprint: UInt64, for record: RecordNumber) {
        precondition(record.value == last + 1, "ids are claimed in the order of the records")
        tail.insert(fingerprint, record.value)
        last = record.value
    }

    /// Gives up what was claimed for this record and later ones.
    mutating func forget(from record: RecordNumber) {
        tail.takeBack(from: record.value)
        last = record.value - 1
    }

    /// Takes what was claimed for good, with the records written: writes a run when it is time, and goes on
    /// with a merge by a part that fits what was claimed, so that no commit waits for a whole one.
    mutating func keep(claimed: Int, _ rows: IdentityRuns) throws {
        tail.keep()
        guard claimed > 0 else { return }
        if tail.count >= form.tail { try writeRun(rows) }
        if merge == nil { try beginMerge(rows) }
        guard var merge = merge.take() else { return }
        if try merge.advance(by: claimed * pace, rows, form) {
            runs.removeAll { merge.covers($0) }
            runs.append(merge.target)
            runs.sort { $0.first < $1.first }
            groups.removeAll { group in !runs.contains { group.covers($0) } }
        } else {
            self.merge = merge
        }
    }

    /// How many fingerprints are merged for each that is claimed: more than one for each level, so that merges keep up,
    /// and little more, so that a merge takes from many commits a little.
    private var pace: Int { max(3, (runs.map(\.level).max() ?? 0) + 2) }

    private mutating func writeRun(_ rows: IdentityRuns) throws {
        let entries = tail.entries
        var run = IdentityRun(
            try rows.nextNumber(), level: 0, first: (runs.last?.last ?? 0) + 1, last: last)
        guard entries.count == run.count else {
            throw StoreTrouble.identities(
                "\(entries.count) of \(run.count) records behind the last run are known")
        }
        for entry in entries { run.filter.insert(entry.fingerprint) }
        try rows.begin(run)
        try rows.write(0..<run.pages, of: run, entries)
        try rows.finish(run, by: form)
        runs.append(run)
        if groups.isEmpty || !groups[groups.count - 1].add(run, entries) {
            groups.append(IdentityGroup(run, entries))
        }
        tail.removeAll()
    }

    /// The oldest runs of the lowest level that has enough of them.
    private mutating func beginMerge(_ rows: IdentityRuns) throws {
        let levels = Set(runs.map(\.level)).sorted()
        guard let level = levels.first(where: { level in runs.count { $0.level == level } >= form.fanOut })
        else { return }
        try rows.removeUnfinished()
        let sources = Array(runs.filter { $0.level == level }.prefix(form.fanOut))
        merge = IdentityMerge(of: sources, into: try rows.nextNumber())
        if let target = merge?.target { try rows.begin(target) }
    }
}

/// Several runs on their way into one, page after page.
struct IdentityMerge: Sendable {
    private let sources: [IdentityRun]
    private(set) var target: IdentityRun
    private var nextPage = 0

    /// `sources` lie side by side.
    init(of sources: [IdentityRun], into run: Int64) {
        guard let first = sources.first, let last = sources.last else {
            preconditionFailure("a merge is of some runs")
        }
        self.sources = sources
        target = IdentityRun(run, level: first.level + 1, first: first.first, last: last.last)
    }

    func covers(_ run: IdentityRun) -> Bool { sources.contains { $0.run == run.run } }

    /// Merges about so many fingerprints more; true if the target is whole and the sources are gone.
    mutating func advance(by count: Int, _ rows: IdentityRuns, _ form: IdentityForm) throws -> Bool {
        let pages = nextPage..<min(target.pages, nextPage + max(1, count * target.pages / target.count))
        let fingerprints = target.start(of: pages.lowerBound)..<target.start(of: pages.upperBound)
        var entries: [IdentityTail.Entry] = []
        entries.reserveCapacity(count * 9 / 8)
        for source in sources { try rows.forEach(in: fingerprints, of: source) { entries.append($0) } }
        for entry in entries { target.filter.insert(entry.fingerprint) }
        try rows.write(pages, of: target, entries)
        nextPage = pages.upperBound
        guard nextPage == target.pages else { return false }
        try rows.finish(target, by: form)
        for source in sources { try rows.remove(source.run) }
        return true
    }
}
