/// Says of most fingerprints that are not in a run that they are not: a Bloom filter in blocks of one cache
/// line, 16 bits a fingerprint. About one in a thousand passes in error.
struct IdentityFilter: Sendable {
    private static let wordsOfBlock = 8
    private static let bitsOfBlock = 512

    private var words: RandomMemory<UInt64>

    /// For so many fingerprints, with none in it.
    init(capacity: Int) {
        let blocks = max(1, (capacity * 16 + Self.bitsOfBlock - 1) / Self.bitsOfBlock)
        words = RandomMemory(repeating: 0, count: blocks * Self.wordsOfBlock)
    }

    /// One that was written earlier; nil where the bytes are not whole blocks.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty && bytes.count.isMultiple(of: Self.bitsOfBlock / 8) else { return nil }
        words = RandomMemory(repeating: 0, count: bytes.count / 8)
        for index in words.all.indices {
            words.all[index] = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
    }

    var bytes: [UInt8] {
        let words = words.all.map(\.littleEndian)
        return words.withUnsafeBytes { [UInt8]($0) }
    }

    mutating func insert(_ fingerprint: UInt64) {
        if !isKnownUniquelyReferenced(&words) { words = RandomMemory(copying: words) }
        let probe = Probe(fingerprint)
        let all = words.all
        let block = probe.block(of: all.count / Self.wordsOfBlock)
        for number in 0..<Self.probes {
            let bit = probe.bit(number)
            all[block &* Self.wordsOfBlock &+ bit &>> 6] |= 1 &<< UInt64(bit & 63)
        }
    }

    /// Whether the fingerprint may be in the run.
    func holds(_ fingerprint: UInt64) -> Bool {
        let probe = Probe(fingerprint)
        return Self.holds(probe, 0, words.all, probe.block(of: words.all.count / Self.wordsOfBlock))
    }

    /// Sets `flag` in the marks of those fingerprints that may be in the run. Done for many at once: all first bits are
    /// looked at before any other, so that the memory that they wait for is under way at the same time.
    func mark(_ probes: [Probe], with flag: UInt64, in marks: inout [UInt64]) {
        precondition(marks.count == probes.count, "every fingerprint has its marks")
        let words = words.all
        let blocks = words.count / Self.wordsOfBlock
        withUnsafeTemporaryAllocation(of: Int.self, capacity: probes.count) { left in
            var count = 0
            for index in probes.indices {
                let probe = probes[index]
                left[count] = index
                count &+= Int(Self.bit(probe, 0, words, probe.block(of: blocks)))
            }
            for index in left[..<count] {
                let probe = probes[index]
                if Self.holds(probe, 1, words, probe.block(of: blocks)) { marks[index] |= flag }
            }
        }
    }

    private static let probes = 7

    /// Whether all bits are set from a number on.
    @inline(__always)
    private static func holds(
        _ probe: Probe, _ first: Int, _ words: UnsafeMutableBufferPointer<UInt64>, _ block: Int
    ) -> Bool {
        var all: UInt64 = 1
        for number in first..<probes { all &= bit(probe, number, words, block) }
        return all == 1
    }

    /// 1 if the bit is set, else 0.
    @inline(__always)
    private static func bit(
        _ probe: Probe, _ number: Int, _ words: UnsafeMutableBufferPointer<UInt64>, _ block: Int
    ) -> UInt64 {
        let bit = probe.bit(number)
        return words[block &* wordsOfBlock &+ bit &>> 6] &>> UInt64(bit & 63) & 1
    }

    /// Where a fingerprint stands in every filter: its block, and seven places of nine bits in it.
    struct Probe {
        private let fingerprint: UInt64
        private let places: UInt64

        @inline(__always)
        init(_ fingerprint: UInt64) {
            self.fingerprint = fingerprint &<< 16
            var mixed = fingerprint &* 0x9E37_79B9_7F4A_7C15
            mixed ^= mixed &>> 32
            mixed = mixed &* 0xD6E8_FEB8_6659_FD93
            places = mixed ^ mixed &>> 32
        }

        /// Blocks follow one another as fingerprints do, which are spread evenly: what is merged in their order goes
        /// through the filter's memory once.
        @inline(__always)
        fileprivate func block(of blocks: Int) -> Int {
            Int(fingerprint.multipliedFullWidth(by: UInt64(blocks)).high)
        }

        @inline(__always)
        fileprivate func bit(_ number: Int) -> Int {
            Int(truncatingIfNeeded: places &>> UInt64(9 &* number)) & 511
        }
    }
}
