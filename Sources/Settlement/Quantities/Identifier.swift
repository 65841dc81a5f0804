/// An identifier of one kind of thing: 1–64 bytes of printable ASCII without space, `"`, `\` and `,`
/// (merchant ids: 1–40 of `A–Z a–z 0–9 . _ -`). Compared byte for byte. Rulebook §1.
///
/// `Kind` keeps a batch's id from standing where a record's belongs; it costs nothing at run time. The bytes stand
/// in the value itself: a close copies records and lots by the million, and counting references to texts would
/// cost it more than all that it settles.
@frozen
public struct Identifier<Kind: IdentifierKind>: BitwiseCopyable, Sendable {
    /// Eight bytes each, the first the highest, zeros behind the end: they order as the texts do.
    @usableFromInline var words = InlineArray<8, UInt64>(repeating: 0)

    public static var mostBytes: Int { 64 }

    /// Takes the text if it fits the rules of its kind.
    public init?(_ text: String) {
        guard Kind.accepts(text.utf8) else { return nil }
        self.init(verified: text)
    }

    /// Takes text that has been checked before, as when it is read back from the store.
    public init(verified text: String) {
        var text = text
        self = text.withUTF8 { Self(verified: UnsafeRawBufferPointer($0)) }
    }

    /// Takes bytes that have been checked before.
    @inlinable
    public init(verified bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= Self.mostBytes, "an identifier has at most 64 bytes")
        var place = 0
        while place &+ 8 <= bytes.count {
            words[place &>> 3] = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).bigEndian
            place &+= 8
        }
        var word: UInt64 = 0
        var shift: UInt64 = 56
        for rest in place..<bytes.count {
            word |= UInt64(bytes[rest]) &<< shift
            shift &-= 8
        }
        if word != 0 { words[place &>> 3] = word }
    }

    /// The same text as an identifier of another kind.
    @inlinable
    public init<Other>(_ other: Identifier<Other>) { words = other.words }

    /// How many bytes it has.
    @inlinable public var count: Int {
        var place = 0
        while place < 8 {
            let word = words[place]
            if word & 0xFF == 0 { return place &* 8 &+ 8 &- word.trailingZeroBitCount &>> 3 }
            place &+= 1
        }
        return Self.mostBytes
    }

    /// Writes the bytes, and zeros up to a multiple of eight, which there must be room for; gives how many count.
    @inlinable
    public func copy(to start: UnsafeMutableRawPointer) -> Int {
        let count = count
        var place = 0
        while place < count {
            start.storeBytes(of: words[place &>> 3].bigEndian, toByteOffset: place, as: UInt64.self)
            place &+= 8
        }
        return count
    }

    /// Calls `body` with the bytes, which are gone afterwards.
    @inlinable
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(byteCount: Self.mostBytes, alignment: 8) { room in
            guard let start = room.baseAddress else { preconditionFailure("64 bytes have an address") }
            let count = copy(to: start)
            return try body(UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    /// The identifier's text, ASCII only.
    public var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension Identifier: Hashable, Comparable, CustomStringConvertible {
    public var description: String { text }

    @inline(__always) @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        guard left.words[0] == right.words[0], left.words[1] == right.words[1] else { return false }
        // Behind the end there is nothing to compare.
        if left.words[1] & 0xFF == 0 { return true }
        var differs: UInt64 = 0
        for place in 2..<8 { differs |= left.words[place] ^ right.words[place] }
        return differs == 0
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        for place in 0..<8 where left.words[place] != right.words[place] {
            return left.words[place] < right.words[place]
        }
        return false
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        for place in 0..<8 {
            hasher.combine(words[place])
            if words[place] & 0xFF == 0 { return }
        }
    }
}

/// What the identifiers of one kind may look like.
public protocol IdentifierKind: Sendable {
    /// Whether these bytes are an identifier of this kind.
    static func accepts<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bool
}

extension IdentifierKind {
    /// The rule of most kinds: 1–64 bytes of printable ASCII without space, `"`, `\` and `,`.
    public static func accepts<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bool {
        (1...64).contains(bytes.count) && bytes.allSatisfy(isIdentifierByte)
    }
}

/// Printable ASCII without space, `"`, `\` and `,`.
@inlinable
public func isIdentifierByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        && byte != UInt8(ascii: ",")
}

/// The kinds of identifiers.
public enum IdentifierKinds {
    public enum Alliance: IdentifierKind {}
    public enum Batch: IdentifierKind {}
    public enum Record: IdentifierKind {}
    public enum Member: IdentifierKind {}
    public enum Store: IdentifierKind {}
    public enum Campaign: IdentifierKind {}
    public enum Item: IdentifierKind {}
    public enum BookingReference: IdentifierKind {}
    public enum Person: IdentifierKind {}
    public enum TermsName: IdentifierKind {}
    public enum ContestReference: IdentifierKind {}

    /// Merchants' ids become names of folders and keys, so they are narrower.
    public enum Merchant: IdentifierKind {
        public static func accepts<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bool {
            (1...40).contains(bytes.count)
                && bytes.first != UInt8(ascii: ".")
                && bytes.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                        UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
                && !bytes.elementsEqual("operator".utf8)
        }
    }
}

public typealias AllianceID = Identifier<IdentifierKinds.Alliance>
public typealias MerchantID = Identifier<IdentifierKinds.Merchant>
public typealias BatchID = Identifier<IdentifierKinds.Batch>
public typealias RecordID = Identifier<IdentifierKinds.Record>
public typealias MemberID = Identifier<IdentifierKinds.Member>
public typealias StoreID = Identifier<IdentifierKinds.Store>
public typealias CampaignID = Identifier<IdentifierKinds.Campaign>
public typealias ItemID = Identifier<IdentifierKinds.Item>
public typealias BookingReference = Identifier<IdentifierKinds.BookingReference>
/// Who acts for the operator: the id of a key of that person's own, where one is registered.
public typealias PersonName = Identifier<IdentifierKinds.Person>
/// What set a price: the `from` of terms, or the id of a campaign or an item. Rulebook §7.
public typealias TermsName = Identifier<IdentifierKinds.TermsName>
/// What a merchant names its contest by.
public typealias ContestReference = Identifier<IdentifierKinds.ContestReference>
