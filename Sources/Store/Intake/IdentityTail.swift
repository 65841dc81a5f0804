/// The fingerprints of the records behind the last run, in memory: a table of twice as many places, each
/// fingerprint at the first free one from where it belongs. What was inserted last can be taken back.
struct IdentityTail: Sendable {
    struct Entry: Sendable {
        var fingerprint: UInt64
        /// 0: the place is free.
        var record: Int64

        @inline(__always)
        static func < (left: Entry, right: Entry) -> Bool {
            left.fingerprint == right.fingerprint
                ? left.record < right.record : left.fingerprint < right.fingerprint
        }
    }

    private var memory: RandomMemory<Entry>
    private var shift: UInt64
    /// Where the latest went, in order, since `keep` was called.
    private var latest: [UInt32] = []
    private(set) var count = 0

    init() {
        memory = Self.free(1 << 10)
        shift = 64 - 10
    }

    private static func free(_ count: Int) -> RandomMemory<Entry> {
        RandomMemory(repeating: Entry(fingerprint: 0, record: 0), count: count)
    }

    @inline(__always)
    private var places: UnsafeMutableBufferPointer<Entry> { memory.all }

    /// The places, to be changed.
    @inline(__always)
    private mutating func changed() -> UnsafeMutableBufferPointer<Entry> {
        if !isKnownUniquelyReferenced(&memory) { memory = RandomMemory(copying: memory) }
        return memory.all
    }

    /// Makes room for so many more. Done before the first of them, for nothing moves while it may be taken
    /// back.
    mutating func reserve(_ more: Int) {
        precondition(latest.isEmpty, "room is made before what may be taken back")
        guard (count + more) * 2 > places.count else { return }
        let old = memory
        while (count + more) * 2 > 1 << (64 - Int(shift)) { shift -= 1 }
        memory = Self.free(1 << (64 - Int(shift)))
        count = 0
        // What it points to is there only as long as it is.
        withExtendedLifetime(old) {
            for entry in old.all where entry.record != 0 { put(entry) }
        }
        latest.removeAll(keepingCapacity: true)
    }

    mutating func insert(_ fingerprint: UInt64, _ record: Int64) {
        put(Entry(fingerprint: fingerprint, record: record))
    }

    private mutating func put(_ entry: Entry) {
        let places = changed()
        var place = home(of: entry.fingerprint)
        while places[place].record != 0 { place = (place &+ 1) & (places.count &- 1) }
        places[place] = entry
        latest.append(UInt32(place))
        count += 1
    }

    /// The records with a fingerprint; nil behind the last. `place` starts as nil and is kept between calls.
    @inline(__always)
    func next(_ fingerprint: UInt64, from place: inout Int?) -> Int64? {
        var at = place ?? home(of: fingerprint)
        while places[at].record != 0 {
            let entry = places[at]
            at = (at &+ 1) & (places.count &- 1)
            if entry.fingerprint == fingerprint {
                place = at
                return entry.record
            }
        }
        place = at
        return nil
    }

    /// Takes back the latest insertions, of this record and later ones.
    mutating func takeBack(from record: Int64) {
        let places = changed()
        while let place = latest.last.map(Int.init), places[place].record >= record {
            // No later one can have gone past a place that the latest takes.
            places[place] = Entry(fingerprint: 0, record: 0)
            latest.removeLast()
            count -= 1
        }
    }

    /// What was inserted stays.
    mutating func keep() { latest.removeAll(keepingCapacity: true) }

    mutating func removeAll() {
        let places = changed()
        for index in places.indices { places[index].record = 0 }
        latest.removeAll(keepingCapacity: true)
        count = 0
    }

    /// All of it, in no order.
    var entries: [Entry] { places.filter { $0.record != 0 } }

    @inline(__always)
    private func home(of fingerprint: UInt64) -> Int {
        Int(truncatingIfNeeded: (fingerprint &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }
}
