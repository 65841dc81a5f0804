/// The fingerprints of all records from one number to another, sorted, in pages of some 2,000 bytes; never
/// changed once it is whole. Fingerprints are spread evenly, so a page is found by reckoning.
struct IdentityRun: Sendable {
    /// Later runs have higher numbers.
    let run: Int64
    /// How often its fingerprints have been merged.
    let level: Int
    let first: Int64
    let last: Int64
    var filter: IdentityFilter

    let pages: Int
    /// The bytes of a fingerprint, less the page's first one, and of a record, less the run's.
    let widths: (fingerprint: Int, record: Int)

    private static let entriesOfPage = 192

    /// A run of these records, with nothing in it yet.
    init(_ run: Int64, level: Int, first: Int64, last: Int64) {
        self.init(
            run, level: level, first: first, last: last,
            filter: IdentityFilter(capacity: Int(last - first + 1)))
    }

    init(_ run: Int64, level: Int, first: Int64, last: Int64, filter: IdentityFilter) {
        precondition(first >= 1 && first <= last, "a run holds a record or more")
        self.run = run
        self.level = level
        self.first = first
        self.last = last
        self.filter = filter
        pages = max(1, Int(last - first + 1) / Self.entriesOfPage)
        precondition(pages < 1 << 24, "a run has less than 2^24 pages")
        let spread = (1 << 48) / UInt64(pages) + 1
        widths = (Self.bytes(of: spread), Self.bytes(of: UInt64(last - first)))
    }

    private static func bytes(of value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 7) / 8) }

    /// How many records it covers.
    var count: Int { Int(last - first + 1) }

    /// The page that a fingerprint stands on.
    @inline(__always)
    func page(of fingerprint: UInt64) -> Int {
        Int((fingerprint &<< 16).multipliedFullWidth(by: UInt64(pages)).high)
    }

    /// The lowest fingerprint that a page may hold; 2^48 behind the last.
    func start(of page: Int) -> UInt64 {
        let (quotient, remainder) = (1 << 48 as UInt64).quotientAndRemainder(dividingBy: UInt64(pages))
        return UInt64(page) * quotient + (UInt64(page) * remainder + UInt64(pages) - 1) / UInt64(pages)
    }

    func key(of page: Int) -> Int64 { run << 24 | Int64(page) }
}

/// The entries of a page, ascending by fingerprint: each the fingerprint less the page's first one, then the
/// record less the run's first, both with the lowest byte first.
struct IdentityPage {
    private let bytes: UnsafeRawBufferPointer
    private let run: IdentityRun
    private let start: UInt64
    private let width: Int
    let count: Int

    init(_ bytes: UnsafeRawBufferPointer, _ page: Int, of run: IdentityRun) {
        self.bytes = bytes
        self.run = run
        start = run.start(of: page)
        width = run.widths.fingerprint + run.widths.record
        count = bytes.count / width
    }

    subscript(index: Int) -> IdentityTail.Entry {
        let offset = index &* width
        return IdentityTail.Entry(
            fingerprint: start &+ number(offset, run.widths.fingerprint),
            record: run.first &+ Int64(number(offset &+ run.widths.fingerprint, run.widths.record)))
    }

    func records(with fingerprint: UInt64) -> [Int64] {
        var (lower, upper) = (0, count)
        while lower < upper {
            let middle = (lower &+ upper) / 2
            if self[middle].fingerprint < fingerprint { lower = middle &+ 1 } else { upper = middle }
        }
        var records: [Int64] = []
        while lower < count, self[lower].fingerprint == fingerprint {
            records.append(self[lower].record)
            lower += 1
        }
        return records
    }

    @inline(__always)
    private func number(_ offset: Int, _ count: Int) -> UInt64 {
        if offset &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            return word & (~0 &>> UInt64(64 &- 8 &* count))
        }
        var number: UInt64 = 0
        for index in 0..<count { number |= UInt64(bytes[offset &+ index]) &<< UInt64(8 &* index) }
        return number
    }

    static func packed(
        _ entries: ArraySlice<IdentityTail.Entry>, _ page: Int, of run: IdentityRun
    ) -> [UInt8] {
        let start = run.start(of: page)
        let widths = run.widths
        let count = entries.count * (widths.fingerprint + widths.record)
        // A number is stored with eight bytes; the next one is stored over those that are too many.
        return [UInt8](unsafeUninitializedCapacity: count + 8) { bytes, initialized in
            let raw = UnsafeMutableRawBufferPointer(bytes)
            var offset = 0
            for entry in entries {
                let (fingerprint, record) = (entry.fingerprint - start, UInt64(entry.record - run.first))
                raw.storeBytes(of: fingerprint.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += widths.fingerprint
                raw.storeBytes(of: record.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += widths.record
            }
            initialized = count
        }
    }
}
