/// Finds a merchant's place among those of the alliance, by id, in a few nanoseconds: it is asked for several
/// times a record, and the general dictionary's hash of a text costs more than all else there.
struct MerchantTable {
    /// Open addressing; -1 is a free slot.
    private let slots: [Int32]
    private let ids: [MerchantID]
    private let mask: UInt64

    /// Takes the merchants' ids, each once; a place is a position among them.
    init(_ ids: [MerchantID]) {
        var capacity = 16
        while capacity < ids.count * 4 { capacity *= 2 }
        let mask = UInt64(capacity - 1)
        var slots = [Int32](repeating: -1, count: capacity)
        for (position, id) in ids.enumerated() {
            var slot = Self.hash(id) & mask
            while slots[Int(slot)] >= 0 { slot = (slot + 1) & mask }
            slots[Int(slot)] = Int32(position)
        }
        self.slots = slots
        self.ids = ids
        self.mask = mask
    }

    /// Precondition: the merchant is one of the alliance.
    subscript(id: MerchantID) -> Int {
        var slot = Self.hash(id) & mask
        while true {
            let position = slots[Int(slot)]
            precondition(position >= 0, "every stored record is of a merchant of the alliance")
            if ids[Int(position)] == id { return Int(position) }
            slot = (slot + 1) & mask
        }
    }

    private static func hash(_ id: MerchantID) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}
