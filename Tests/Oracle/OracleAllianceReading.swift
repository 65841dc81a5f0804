extension OracleAlliance {
    /// Reads an acceptance `alliance.yaml`; the defaults are those of rulebook §2.
    public init(yaml: String) throws {
        let file = try OracleYAML(yaml)
        id = try file.needed("id")
        currency = try file.needed("currency")
        timezone = try file.needed("timezone")
        period = try file.needed("period")
        graceHours = try file.integer("grace") ?? 24
        expiry = try file["expiry"].flatMap { expiry in
            guard let months = try expiry.integer("months") else { return nil }
            return (Int(months), expiry["align"]?.text ?? "day")
        }
        carryPeriods = Int(try file.integer("carry_periods") ?? 1)
        refundShortfall = file["refund_shortfall"]?.text ?? "debt"
        maxAgeDays = try file.integer("max_age_days") ?? 400
        let start = try OracleDate(file.needed("start"))
        self.start = start
        merchants = try (file["merchants"]?.elements ?? []).map { try Merchant($0, start) }
        campaigns = try (file["campaigns"]?.elements ?? []).map(Campaign.init)
        items = try (file["items"]?.elements ?? []).map(Item.init)
    }
}

extension OracleAlliance.Merchant {
    fileprivate init(_ file: OracleYAML, _ start: OracleDate) throws {
        id = try file.needed("id")
        // §2: "a plain word means since `start`".
        if let word = file["status"]?.text {
            status = [(start, word)]
        } else {
            status = try (file["status"]?.elements ?? []).map {
                (try OracleDate($0.needed("from")), try $0.needed("status"))
            }
        }
        terms = try (file["terms"]?.elements ?? []).map(OracleAlliance.Terms.init)
    }
}

extension OracleAlliance.Terms {
    fileprivate init(_ file: OracleYAML) throws {
        from = try OracleDate(file.needed("from"))
        funding = try file.needed("funding")
        issuePrice = try OracleDecimal(file.needed("issue_price"))
        redeemPrice = try OracleDecimal(file.needed("redeem_price"))
        redeemFee = try file.decimal("redeem_fee") ?? .zero
        periodFee = try file.integer("period_fee") ?? 0
        vat = try file.decimal("vat") ?? .zero
        breakageShare = try file.decimal("breakage_share") ?? .zero
        maxPointsPerUnit = try file.decimal("max_points_per_unit")
    }
}

extension OracleAlliance.Campaign {
    fileprivate init(_ file: OracleYAML) throws {
        id = try file.needed("id")
        sponsor = try file.needed("sponsor")
        from = try OracleDate(file.needed("from"))
        until = try file.date("until")
        funding = file["funding"]?.text
        issuePrice = try file.decimal("issue_price")
        breakageShare = try file.decimal("breakage_share")
    }
}

extension OracleAlliance.Item {
    fileprivate init(_ file: OracleYAML) throws {
        id = try file.needed("id")
        supplier = try file.needed("supplier")
        guard let points = try file.integer("points") else { throw OracleTrouble("item \(id) has no points") }
        self.points = points
        redeemPrice = try OracleDecimal(file.needed("redeem_price"))
        from = try OracleDate(file.needed("from"))
        until = try file.date("until")
    }
}

extension OracleYAML {
    fileprivate func needed(_ key: String) throws -> String {
        guard let text = self[key]?.text else { throw OracleTrouble("\(key) is missing") }
        return text
    }

    fileprivate func integer(_ key: String) throws -> Int64? {
        guard let text = self[key]?.text else { return nil }
        guard let value = Int64(text) else { throw OracleTrouble("\(key) is no integer: \(text)") }
        return value
    }

    fileprivate func decimal(_ key: String) throws -> OracleDecimal? {
        try self[key]?.text.map { try OracleDecimal($0) }
    }

    fileprivate func date(_ key: String) throws -> OracleDate? {
        try self[key]?.text.map { try OracleDate($0) }
    }
}
