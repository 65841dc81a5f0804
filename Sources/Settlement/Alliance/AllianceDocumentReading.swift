extension AllianceDocument {
    /// Reads the bytes that `bytes(of:)` wrote; throws where they are anything else, as after damage on disk.
    public static func alliance(from bytes: [UInt8]) throws(AllianceDamage) -> Alliance {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw AllianceDamage(path: "byte \(error.offset)", reason: error.reason)
        }
        let alliance = try StoredObject(value, path: "alliance").alliance()
        // Written again it must be the same bytes: so nothing was left out, added, or read in another way.
        guard Self.bytes(of: alliance) == bytes else {
            throw AllianceDamage(path: "alliance", reason: "is not in canonical form")
        }
        return alliance
    }
}

/// A stored alliance that cannot be read back.
public struct AllianceDamage: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "the stored alliance is damaged: \(path): \(reason)" }
}

/// An object of the stored document, with the path to it.
private struct StoredObject {
    let value: JSONValue
    let path: String

    init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    private func member(_ name: String) throws(AllianceDamage) -> JSONValue {
        guard let member = value[name] else { throw damage(name, "is missing") }
        return member
    }

    private func damage(_ name: String, _ reason: String) -> AllianceDamage {
        AllianceDamage(path: "\(path).\(name)", reason: reason)
    }

    /// A string that means something to `read`.
    func text<Value>(_ name: String, _ read: (String) -> Value?) throws(AllianceDamage) -> Value {
        guard let text = try member(name).string, let value = read(text) else {
            throw damage(name, "is not what it should be")
        }
        return value
    }

    /// The same, or `null`.
    func optional<Value>(_ name: String, _ read: (String) -> Value?) throws(AllianceDamage) -> Value? {
        try member(name).isNull ? nil : try text(name, read)
    }

    func integer(_ name: String) throws(AllianceDamage) -> Int64 {
        guard let integer = try member(name).integer else { throw damage(name, "is no integer") }
        return integer
    }

    func list<Value>(
        _ name: String, _ read: (StoredObject) throws(AllianceDamage) -> Value
    ) throws(AllianceDamage) -> [Value] {
        guard let elements = try member(name).array else { throw damage(name, "is no list") }
        var values: [Value] = []
        for (place, element) in elements.enumerated() {
            values.append(try read(StoredObject(element, path: "\(path).\(name)[\(place)]")))
        }
        return values
    }

    func object(_ name: String) throws(AllianceDamage) -> StoredObject? {
        let member = try member(name)
        return member.isNull ? nil : StoredObject(member, path: "\(path).\(name)")
    }
}

extension StoredObject {
    func alliance() throws(AllianceDamage) -> Alliance {
        guard try text("format", { $0 }) == AllianceDocument.format else {
            throw AllianceDamage(path: "\(path).format", reason: "expected \(AllianceDocument.format)")
        }
        guard let currency = try object("currency") else {
            throw AllianceDamage(path: "\(path).currency", reason: "is missing")
        }
        return Alliance(
            id: try text("id", AllianceID.init), name: try text("name", { $0 }),
            currency: try currency.currency(),
            timezone: try text("timezone", { $0 }), period: try text("period", PeriodLength.init(rawValue:)),
            graceHours: Int(try integer("grace")), expiry: try object("expiry")?.expiry(),
            carryPeriods: Int(try integer("carry_periods")),
            refundShortfall: try text("refund_shortfall", RefundShortfall.init(rawValue:)),
            maxAgeDays: Int(try integer("max_age_days")), fourEyes: value["four_eyes"]?.boolean ?? false,
            payment: try payment(), delivery: try delivery(), start: try text("start", LocalDate.init),
            merchants: try list("merchants") { object throws(AllianceDamage) in try object.merchant() },
            campaigns: try list("campaigns") { object throws(AllianceDamage) in try object.campaign() },
            items: try list("items") { object throws(AllianceDamage) in try object.item() })
    }

    func currency() throws(AllianceDamage) -> Currency {
        let exponent = try integer("exponent")
        guard (0...3).contains(exponent) else {
            throw AllianceDamage(path: "\(path).exponent", reason: "expected 0 … 3, found \(exponent)")
        }
        return Currency(code: try text("code", { $0 }), exponent: Int(exponent))
    }

    func expiry() throws(AllianceDamage) -> Expiry {
        Expiry(months: Int(try integer("months")), align: try text("align", Expiry.Align.init(rawValue:)))
    }

    func merchant() throws(AllianceDamage) -> Merchant {
        Merchant(
            id: try text("id", MerchantID.init), name: try text("name", { $0 }), address: try address(),
            exposureLimit: value["exposure_limit"] == nil ? nil : Money(try integer("exposure_limit")),
            payment: try payment(), delivery: try delivery(),
            statuses: try list("status") { object throws(AllianceDamage) in try object.status() },
            terms: try list("terms") { object throws(AllianceDamage) in try object.terms() })
    }

    func payment() throws(AllianceDamage) -> PaymentDetails? {
        guard let stored = value["payment"] else { return nil }
        guard let details = PaymentDetails(stored: stored) else {
            throw damage("payment", "is not what it should be")
        }
        return details
    }

    func delivery() throws(AllianceDamage) -> Destinations? {
        guard let stored = value["delivery"] else { return nil }
        guard let destinations = Destinations(stored: stored) else {
            throw damage("delivery", "is not what it should be")
        }
        return destinations
    }

    func address() throws(AllianceDamage) -> PostalAddress? {
        guard value["address"] != nil, let address = try object("address") else { return nil }
        return PostalAddress(
            lines: try address.list("lines") { line throws(AllianceDamage) in
                guard let text = line.value.string else {
                    throw AllianceDamage(path: line.path, reason: "is no text")
                }
                return text
            }, country: try address.optional("country", { $0 }))
    }

    func status() throws(AllianceDamage) -> StatusChange {
        StatusChange(
            from: try text("from", LocalDate.init), status: try text("status", MerchantStatus.init(rawValue:))
        )
    }

    func terms() throws(AllianceDamage) -> Terms {
        Terms(
            from: try text("from", LocalDate.init), funding: try text("funding", Funding.init(rawValue:)),
            issuePrice: try text("issue_price", Price.init),
            redeemPrice: try text("redeem_price", Price.init),
            redeemFee: try text("redeem_fee", Fraction.init), periodFee: Money(try integer("period_fee")),
            vat: try text("vat", Fraction.init), breakageShare: try text("breakage_share", Fraction.init),
            maxPointsPerUnit: try optional("max_points_per_unit", PointsPerUnit.init))
    }

    func campaign() throws(AllianceDamage) -> Campaign {
        Campaign(
            id: try text("id", CampaignID.init), sponsor: try text("sponsor", MerchantID.init),
            from: try text("from", LocalDate.init), until: try optional("until", LocalDate.init),
            funding: try optional("funding", Funding.init(rawValue:)),
            issuePrice: try optional("issue_price", Price.init),
            breakageShare: try optional("breakage_share", Fraction.init))
    }

    func item() throws(AllianceDamage) -> Item {
        Item(
            id: try text("id", ItemID.init), supplier: try text("supplier", MerchantID.init),
            points: Points(try integer("points")), redeemPrice: try text("redeem_price", Price.init),
            from: try text("from", LocalDate.init), until: try optional("until", LocalDate.init))
    }
}
