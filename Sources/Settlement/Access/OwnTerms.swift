/// What a merchant may read of the alliance's definition: its own side.
public enum OwnTerms {
    /// Canonical JSON: `alliance`, `currency`, the merchant's own `merchant` with status and terms, the `campaigns`
    /// that it sponsors and the `items` that it supplies. Nil if the alliance has no such merchant.
    public static func bytes(of merchant: MerchantID, in alliance: Alliance) -> [UInt8]? {
        guard let own = alliance.merchants.first(where: { $0.id == merchant }) else { return nil }
        var json = CanonicalJSON()
        json.object { json in
            json.member("alliance", alliance.id.text)
            json.member("currency") { json in
                json.member("code", alliance.currency.code)
                json.member("exponent", Int64(alliance.currency.exponent))
            }
            json.member("timezone", alliance.timezone)
            json.member("period", alliance.period.rawValue)
            json.name("merchant")
            AllianceDocument.write(own, to: &json)
            json.member("campaigns", array: alliance.campaigns.filter { $0.sponsor == merchant }) {
                AllianceDocument.write($1, to: &$0)
            }
            json.member("items", array: alliance.items.filter { $0.supplier == merchant }) {
                AllianceDocument.write($1, to: &$0)
            }
        }
        return json.bytes
    }
}

/// What a merchant may read of a closing: the points that it answers for and that were open then.
public enum OwnPoints {
    /// Canonical JSON: `merchant`, `period` (null before the first close), `points` in all, and `open`, rows of
    /// `funding`, `price`, `expires` (a month, null for never), `points` and `value` as the closing has them.
    ///
    /// Nil if `closing` is not the bytes of a closing.
    public static func bytes(of merchant: MerchantID, closing: [UInt8]?) -> [UInt8]? {
        var rows: [JSONValue] = []
        var period: String?
        if let closing {
            guard let json = try? JSONValue(parsing: closing), let id = json["period"]?["id"]?.string,
                let liability = json["liability"]?.array
            else { return nil }
            period = id
            rows = liability.filter { $0["issuer"]?.string == merchant.text }
        }
        var json = CanonicalJSON()
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("period", orNull: period)
            let points = rows.reduce(Int128(0)) { $0 + Int128($1["points"]?.integer ?? 0) }
            json.member("points", Int64(clamping: points))
            json.member("open", array: rows) { json, row in
                json.object { json in
                    for name in ["funding", "price", "expires"] {
                        json.member(name, orNull: row[name]?.string)
                    }
                    for name in ["points", "value"] { json.member(name, row[name]?.integer ?? 0) }
                }
            }
        }
        return json.bytes
    }
}
