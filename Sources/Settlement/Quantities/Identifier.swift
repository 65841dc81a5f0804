/// An identifier of one kind of thing: 1–64 bytes of printable ASCII without space, `"`, `\` and `,`
/// (merchant ids: 1–40 of `A–Z a–z 0–9 . _ -`). Compared byte for byte. Rulebook §1.
///
/// `Kind` keeps a batch's id from standing where a record's belongs; it costs nothing at run time.
@frozen
public struct Identifier<Kind: IdentifierKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier's text, ASCII only.
    public let text: String

    /// Takes the text if it fits the rules of its kind.
    public init?(_ text: String) {
        guard Kind.accepts(text.utf8) else { return nil }
        self.text = text
    }

    /// Takes text that has been checked before, as when it is read back from the store.
    @inlinable
    public init(verified text: String) { self.text = text }

    @inlinable public var description: String { text }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
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
