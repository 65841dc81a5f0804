/// An alliance as canonical JSON, the form in which it is stored: the same alliance gives the same bytes,
/// and they read back to an equal one.
public enum AllianceDocument {
    public static let format = "settled-alliance/1"

    /// The canonical bytes (rulebook §7): every member written out, absent ones as
    /// `null`, an absent address, exposure limit, `payment` and `delivery` and a `four_eyes` that is off apart.
    public static func bytes(of alliance: Alliance) -> [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", format)
            json.member("id", alliance.id.text)
            json.member("name", alliance.name)
            json.name("currency")
            json.object { json in
                json.member("code", alliance.currency.code)
                json.member("exponent", Int64(alliance.currency.exponent))
            }
            json.member("timezone", alliance.timezone)
            json.member("period", alliance.period.rawValue)
            json.member("grace", Int64(alliance.graceHours))
            json.name("expiry")
            if let expiry = alliance.expiry { write(expiry, to: &json) } else { json.null() }
            json.member("carry_periods", Int64(alliance.carryPeriods))
            json.member("refund_shortfall", alliance.refundShortfall.rawValue)
            json.member("max_age_days", Int64(alliance.maxAgeDays))
            if alliance.fourEyes {
                json.name("four_eyes")
                json.boolean(true)
            }
            alliance.payment?.write(to: &json)
            alliance.delivery?.write(to: &json)
            json.member("start", alliance.start.description)
            json.member("merchants", array: alliance.merchants) { write($1, to: &$0) }
            json.member("campaigns", array: alliance.campaigns) { write($1, to: &$0) }
            json.member("items", array: alliance.items) { write($1, to: &$0) }
        }
        return json.bytes
    }

    private static func write(_ expiry: Expiry, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("months", Int64(expiry.months))
            json.member("align", expiry.align.rawValue)
        }
    }

    static func write(_ merchant: Merchant, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("id", merchant.id.text)
            json.member("name", merchant.name)
            if let address = merchant.address { write(address, to: &json) }
            json.member("exposure_limit", ifPresent: merchant.exposureLimit?.minorUnits)
            merchant.payment?.write(to: &json)
            merchant.delivery?.write(to: &json)
            json.member("status", array: merchant.statuses) { json, change in
                json.object { json in
                    json.member("from", change.from.description)
                    json.member("status", change.status.rawValue)
                }
            }
            json.member("terms", array: merchant.terms) { write($1, to: &$0) }
        }
    }

    /// Only where there is one: documents from before addresses were known keep their bytes.
    private static func write(_ address: PostalAddress, to json: inout CanonicalJSON) {
        json.member("address") { json in
            json.member("lines", array: address.lines) { $0.string($1) }
            json.member("country", orNull: address.country)
        }
    }

    private static func write(_ terms: Terms, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("from", terms.from.description)
            json.member("funding", terms.funding.rawValue)
            json.member("issue_price", terms.issuePrice.description)
            json.member("redeem_price", terms.redeemPrice.description)
            json.member("redeem_fee", terms.redeemFee.description)
            json.member("period_fee", terms.periodFee.minorUnits)
            json.member("vat", terms.vat.description)
            json.member("breakage_share", terms.breakageShare.description)
            json.member("max_points_per_unit", orNull: terms.maxPointsPerUnit?.description)
        }
    }

    static func write(_ campaign: Campaign, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("id", campaign.id.text)
            json.member("sponsor", campaign.sponsor.text)
            json.member("from", campaign.from.description)
            json.member("until", orNull: campaign.until?.description)
            json.member("funding", orNull: campaign.funding?.rawValue)
            json.member("issue_price", orNull: campaign.issuePrice?.description)
            json.member("breakage_share", orNull: campaign.breakageShare?.description)
        }
    }

    static func write(_ item: Item, to json: inout CanonicalJSON) {
        json.object { json in
            json.member("id", item.id.text)
            json.member("supplier", item.supplier.text)
            json.member("points", item.points.count)
            json.member("redeem_price", item.redeemPrice.description)
            json.member("from", item.from.description)
            json.member("until", orNull: item.until?.description)
        }
    }
}
