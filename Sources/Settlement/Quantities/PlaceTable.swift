/// What a `PlaceTable` finds places by.
public protocol PlaceKey: Equatable, Sendable {
    /// The key as a number in which its low bits differ from those of most other keys.
    var mixed: UInt64 { get }
}

/// Gives keys the places 0, 1, 2 … in the order in which they come, and finds them again in a few nanoseconds.
///
/// For keys that an alliance has some thousands of and that are asked for several times a record, where the general
/// dictionary's hash costs more than all else. Not for keys that a merchant chooses: whoever knows them can make
/// them collide.
@frozen
public struct PlaceTable<Key: PlaceKey>: Sendable {
    @usableFromInline var all: [Key] = []
    /// The keys by their places.
    @inlinable public var keys: [Key] { all }
    /// Open addressing; -1 is a free slot. At most a quarter is taken.
    @usableFromInline var slots = [Int32](repeating: -1, count: 16)

    public init() {}

    /// Takes keys, each once.
    public init(_ keys: [Key]) {
        for key in keys {
            let (_, isNew) = place(adding: key)
            precondition(isNew, "a key has one place")
        }
    }

    /// The key's place; nil if it has none.
    @inlinable
    public func place(of key: Key) -> Int? {
        let found = find(key)
        return found.place < 0 ? nil : found.place
    }

    /// The key's place, the next one if it is new.
    @inlinable
    public mutating func place(adding key: Key) -> (place: Int, isNew: Bool) {
        let (slot, place) = find(key)
        guard place < 0 else { return (place, false) }
        all.append(key)
        slots[slot] = Int32(all.count - 1)
        if all.count * 4 > slots.count { grow() }
        return (all.count - 1, true)
    }

    /// Whether the key has this place.
    @inlinable
    public func holds(_ key: Key, at place: Int) -> Bool { place < all.count && all[place] == key }

    /// The slot that the key has or would have, and its place; -1: none.
    @inlinable
    func find(_ key: Key) -> (slot: Int, place: Int) {
        let (slots, all) = (slots.span, all.span)
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: key.mixed) & mask
        while true {
            // The mask keeps the slot within the table, and slots hold places of keys.
            let place = Int(slots[unchecked: slot])
            if place < 0 || all[unchecked: place] == key { return (slot, place) }
            slot = (slot &+ 1) & mask
        }
    }

    @usableFromInline
    mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        for (place, key) in all.enumerated() { slots[find(key).slot] = Int32(place) }
    }
}

extension UInt64 {
    /// Spreads a number's bits, so that its low ones depend on all of them.
    @inlinable
    public var spread: UInt64 {
        let product = self &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product >> 32)
    }
}

extension Identifier: PlaceKey {
    @inline(__always) @inlinable
    public var mixed: UInt64 {
        var mixed = (words[0] ^ words[1] &* 0xC2B2_AE3D_27D4_EB4F).spread
        // Most are of at most 16 bytes.
        guard words[2] != 0 else { return mixed }
        for place in 2..<8 { mixed = (mixed ^ words[place]).spread }
        return mixed
    }
}
