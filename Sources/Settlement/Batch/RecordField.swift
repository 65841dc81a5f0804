/// The members of a record, in the order in which we write them. Rulebook §3.
enum RecordField: UInt8, CaseIterable {
    case id
    case type
    case member
    case points
    case amount
    case at
    case ref
    case store
    case expires
    case campaign
    case item

    /// The name in both forms of a batch.
    var name: String {
        switch self {
        case .id: "id"
        case .type: "type"
        case .member: "member"
        case .points: "points"
        case .amount: "amount"
        case .at: "at"
        case .ref: "ref"
        case .store: "store"
        case .expires: "expires"
        case .campaign: "campaign"
        case .item: "item"
        }
    }

    /// All names, for the sentence that refuses another one.
    static let names = allCases.map(\.name).joined(separator: ", ")

    /// The field whose name these bytes are.
    @inline(__always)
    init?(_ bytes: ByteView) {
        guard bytes.count >= 2, bytes.count <= 8 else { return nil }
        let word = bytes.word(at: 0, length: bytes.count)
        switch bytes.count {
        case 2 where word == packed("id"): self = .id
        case 2 where word == packed("at"): self = .at
        case 3 where word == packed("ref"): self = .ref
        case 4 where word == packed("type"): self = .type
        case 4 where word == packed("item"): self = .item
        case 5 where word == packed("store"): self = .store
        case 6 where word == packed("member"): self = .member
        case 6 where word == packed("points"): self = .points
        case 6 where word == packed("amount"): self = .amount
        case 7 where word == packed("expires"): self = .expires
        case 8 where word == packed("campaign"): self = .campaign
        default: return nil
        }
    }
}

/// A set of a record's members.
struct RecordFields: OptionSet {
    let rawValue: UInt16

    @inline(__always) init(rawValue: UInt16) { self.rawValue = rawValue }
    @inline(__always) init(_ field: RecordField) { rawValue = 1 &<< UInt16(field.rawValue) }

    /// What every record has.
    static let always = RecordFields(rawValue: 0b00_0010_1111)
    /// The first of them, in the order of `RecordField`.
    var first: RecordField? { RecordField(rawValue: UInt8(rawValue.trailingZeroBitCount)) }
}

extension RecordType {
    /// What a record of this type must have.
    @inline(__always)
    var requiredFields: RecordFields {
        reverses == nil ? .always : .always.union(RecordFields(.ref))
    }

    /// What a record of this type may have.
    @inline(__always)
    var allowedFields: RecordFields {
        let fields = RecordFields.always.union(RecordFields(.store))
        switch self {
        case .earn: return fields.union(RecordFields(.amount)).union(RecordFields(.campaign))
        case .redeem: return fields.union(RecordFields(.amount)).union(RecordFields(.item))
        case .earnReversal, .redeemReversal: return fields.union(RecordFields(.ref))
        case .opening: return fields.union(RecordFields(.expires))
        case .correction: return fields
        }
    }

    /// The least points a record of this type may bear.
    @inline(__always) var leastPoints: Int64 { self == .earn ? 0 : 1 }

    /// All names, for the sentence that refuses another one.
    static let names = "earn, redeem, earn_reversal, redeem_reversal, opening, correction"

    /// The type whose name these bytes are.
    @inline(__always)
    init?(_ bytes: ByteView) {
        guard bytes.count >= 4, bytes.count <= 15 else { return nil }
        let first = bytes.word(at: 0, length: min(bytes.count, 8))
        let last = bytes.count > 8 ? bytes.word(at: bytes.count &- 8) : 0
        switch bytes.count {
        case 4 where first == packed("earn"): self = .earn
        case 6 where first == packed("redeem"): self = .redeem
        case 7 where first == packed("opening"): self = .opening
        case 10 where first == packed("correcti") && last == packed("rrection"): self = .correction
        case 13 where first == packed("earn_rev") && last == packed("reversal"): self = .earnReversal
        case 15 where first == packed("redeem_r") && last == packed("reversal"): self = .redeemReversal
        default: return nil
        }
    }
}
