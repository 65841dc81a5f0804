public import Settlement

/// A payment run as it was made, and what became of it.
public struct PaymentRun: Hashable, Sendable {
    /// A file of it that was given out.
    public struct File: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case creditTransfers = "pain.001"
            case directDebits = "pain.008"
            /// What is done by hand.
            case table = "csv"
        }

        public let kind: Kind
        /// As `pain.001.001.09`.
        public let form: String
        public let exported: Instant
        public let person: PersonName
        public let bytes: [UInt8]
    }

    /// That the bank has rejected an order, as a person said.
    public struct Rejection: Hashable, Sendable {
        public enum State: Hashable, Sendable {
            /// It counts; no draft was made of it.
            case undrafted
            /// It is a draft that counts for nothing yet.
            case waiting
            case approved(at: Instant, by: PersonName)
            case withdrawn(at: Instant, by: PersonName)
        }

        /// 1, 2, 3 … over all runs.
        public let number: Int64
        /// Among the items, from 0.
        public let place: Int
        /// When it was said, or drafted; and by whom.
        public let at: Instant
        public let person: PersonName
        /// The public key whose private half the person showed, 32 bytes; nil: the name was taken on trust.
        let personKey: [UInt8]?
        public let reason: String
        public var state: State

        /// Whether its order is given up.
        public var counts: Bool {
            switch state {
            case .undrafted, .approved: true
            case .waiting, .withdrawn: false
            }
        }
    }

    /// 1, 2, 3 …
    public let number: Int64
    /// The ordinal of the period whose balances it pays.
    public let period: Int
    /// The alliance's version whose names and accounts its files bear.
    public let alliance: Int64
    /// `sha256:` + hex of the closing's bytes.
    public let closingDigest: String
    public let made: Instant
    public let maker: PersonName
    /// The public key whose private half the maker showed, 32 bytes; nil: the name was taken on trust.
    let makerKey: [UInt8]?
    /// By merchant.
    public let items: [PaymentItem]
    /// In the order in which they were given out.
    public let files: [File]
    /// In the order in which they were said.
    public let rejections: [Rejection]
    /// When it was withdrawn, and by whom; nil: it stands.
    public let withdrawn: Instant?
    public let withdrawnBy: PersonName?

    /// How the item at a place, from 0, is named end to end, and what its payment is booked under.
    public func reference(of place: Int) -> BookingReference {
        PaymentReference.of(run: number, items[place].open.merchant, place: place + 1)
    }

    /// Whether what stands at a place, from 0, was ordered and is not given up: its file was given out. What a merchant is
    /// to pay by itself is nobody's order.
    public func hasOrdered(_ place: Int) -> Bool {
        !isAsked(place) && file(of: place) != nil && rejection(of: place) == nil
    }

    /// The file that says what becomes of a place, where it was given out.
    func file(of place: Int) -> File? {
        guard withdrawn == nil, let kind = items[place].method.file else { return nil }
        return files.first { $0.kind == kind }
    }

    /// Whether the merchant is to pay by itself.
    func isAsked(_ place: Int) -> Bool { items[place].method == .byHand && items[place].amount < .zero }

    /// What has given up the order at a place.
    func rejection(of place: Int) -> Rejection? { rejections.first { $0.place == place && $0.counts } }

    /// Drafts to give up an order, which wait for another person.
    public var waitingRejections: [Rejection] { rejections.filter { $0.state == .waiting } }
}

extension PaymentMethod {
    /// The file that says what is evened out so.
    public var file: PaymentRun.File.Kind? {
        switch self {
        case .transfer: .creditTransfers
        case .debit: .directDebits
        case .byHand: .table
        case .carried, .settled: nil
        }
    }
}
