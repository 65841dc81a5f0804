import GRDB

/// How a file keeps its ids: what their fingerprints are made with, and when runs are written and merged. It
/// stands in the file, for what was written one way is found no other way.
struct IdentityForm: Sendable {
    /// What makes this file's fingerprints unlike another's, so that nobody can prepare ids that collide.
    let seeds: (UInt64, UInt64)
    /// How many bits of a fingerprint count, 1 … 48, the highest ones.
    let bits: Int
    /// How many records lie behind the last run before the next is written.
    let tail: Int
    /// How many runs of a level are merged into one of the next.
    let fanOut: Int

    init(_ database: Database) throws {
        let query = try Prepared(
            database, "SELECT seed_low, seed_high, bits, tail, fan_out FROM identity_form")
        let row = try query.first { row in (0..<5).map { row.integer($0) } }
        guard let row, (1...48).contains(row[2]), row[3] >= 1, row[4] >= 2 else {
            throw StoreTrouble.damaged("identity_form", "row 1", "it is missing or out of bounds")
        }
        seeds = (UInt64(bitPattern: row[0]), UInt64(bitPattern: row[1]))
        bits = Int(row[2])
        tail = Int(row[3])
        fanOut = Int(row[4])
    }

    /// Stands for all that fingerprints are made with. Runs bear it in their sums: by another form none of their ids
    /// would be found, and each could come once more.
    var mark: Int64 {
        RowSum.of([Int64(bitPattern: seeds.0), Int64(bitPattern: seeds.1), Int64(bits)])
    }

    /// 48 bits that stand for an id of a merchant. Two ids may have the same.
    @inline(__always)
    func fingerprint(of id: UnsafeRawBufferPointer, of merchant: Int64) -> UInt64 {
        var hash = seeds.0 ^ (UInt64(bitPattern: merchant) &* 0x9E37_79B9_7F4A_7C15)
        var position = 0
        while position &+ 16 <= id.count {
            hash = Self.folded(
                hash ^ Self.word(id, position), seeds.1 ^ Self.word(id, position &+ 8))
            position &+= 16
        }
        let left = id.count &- position
        let (first, second) = (min(left, 8), max(left &- 8, 0))
        hash = Self.folded(
            hash ^ Self.word(id, position, first), seeds.1 ^ Self.word(id, position &+ 8, second))
        hash = Self.folded(hash ^ UInt64(id.count), 0xE703_7ED1_A0B4_28DB ^ seeds.0)
        return (hash &>> 16) & (~0 &<< UInt64(48 &- bits))
    }

    /// Both halves of the product, folded: every bit of either number changes about half of the result.
    @inline(__always)
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// The first `count` bytes from a position on, zeros above.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ count: Int) -> UInt64 {
        if count == 8 { return word(bytes, position) }
        var word: UInt64 = 0
        for offset in 0..<count { word |= UInt64(bytes[position &+ offset]) &<< UInt64(8 &* offset) }
        return word
    }
}
