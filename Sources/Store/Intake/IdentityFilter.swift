/// Says of most fingerprints that are not in a run that they are not: a Bloom filter in blocks of one cache
/// line, 16 bits a fingerprint. About one in a thousand passes in error.
struct IdentityFilter: Sendable {
    private static let wordsOfBlock = 8
    private static let bitsOfBlock = 512

    private var words: [UInt64]

    /// For so many fingerprints, with none in it.
    init(capacity: Int) {
        let blocks = max(1, (capacity * 16 + Self.bitsOfBlock - 1) / Self.bitsOfBlock)
        words = [UInt64](repeating: 0, count: blocks * Self.wordsOfBlock)
    }

    /// One that was written earlier; nil where the bytes are not whole blocks.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty && bytes.count.isMultiple(of: Self.bitsOfBlock / 8) else { return nil }
        words = (0..<bytes.count / 8).map {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
        }
    }

    var bytes: [UInt8] {
        let words = words.map(\.littleEndian)
        return words.withUnsafeBytes { [UInt8]($0) }
    }

    mutating func insert(_ fingerprint: UInt64) {
        let (block, places) = Self.place(fingerprint, blocks: words.count / Self.wordsOfBlock)
        for probe in 0..<Self.probes {
            let bit = Int(truncatingIfNeeded: places &>> UInt64(9 &* probe)) & 511
            words[block &* Self.wordsOfBlock &+ bit &>> 6] |= 1 &<< UInt64(bit & 63)
        }
    }

    /// Sets `flag` in the marks of those fingerprints that may be in the run. Done for many at once, so that
    /// the memory that one of them waits for is on its way while others are looked at.
    func mark(_ fingerprints: [UInt64], with flag: UInt64, in marks: inout [UInt64]) {
        precondition(marks.count == fingerprints.count, "every fingerprint has its marks")
        words.withUnsafeBufferPointer { words in
            let blocks = words.count / Self.wordsOfBlock
            for index in fingerprints.indices where Self.holds(fingerprints[index], words, blocks) {
                marks[index] |= flag
            }
        }
    }

    private static let probes = 7

    @inline(__always)
    private static func holds(_ fingerprint: UInt64, _ words: UnsafeBufferPointer<UInt64>, _ blocks: Int)
        -> Bool
    {
        let (block, places) = place(fingerprint, blocks: blocks)
        var all: UInt64 = 1
        for probe in 0..<probes {
            let bit = Int(truncatingIfNeeded: places &>> UInt64(9 &* probe)) & 511
            all &= words[block &* wordsOfBlock &+ bit &>> 6] &>> UInt64(bit & 63)
        }
        return all & 1 == 1
    }

    /// The block, and seven places of nine bits in it. Blocks follow one another as fingerprints do, which are spread
    /// evenly: what is merged in their order goes through the filter's memory once.
    @inline(__always)
    private static func place(_ fingerprint: UInt64, blocks: Int) -> (block: Int, places: UInt64) {
        let block = Int((fingerprint &<< 16).multipliedFullWidth(by: UInt64(blocks)).high)
        var mixed = fingerprint &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed &>> 32
        mixed = mixed &* 0xD6E8_FEB8_6659_FD93
        return (block, mixed ^ mixed &>> 32)
    }
}
