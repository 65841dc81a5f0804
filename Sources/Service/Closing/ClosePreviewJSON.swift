import Settlement

extension ClosePreview {
    /// Canonical JSON: `format` ("settled-preview/1"), `alliance`, `period`, `at`, `closes_from`, `statements`
    /// [{`merchant`, `opening`, `activity`, `payments`, `closing`, `change`}], `warnings` [{`code`, `merchant` and what
    /// belongs to the code}], and `closing`, CLOSING.json as it would be. Amounts are in minor units.
    public var json: [UInt8] {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-preview/1")
            json.member("alliance", alliance.id.text)
            json.member("period", period.id)
            json.member("at", at.description)
            json.member("closes_from", closesFrom.description)
            json.member("statements", array: rows) { $1.write(to: &$0) }
            json.member("warnings", array: warnings) { $1.write(to: &$0) }
            json.member("closing", canonical: closingBytes)
        }
        return json.bytes
    }
}

extension ClosePreview.Row {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("merchant", merchant)
            json.member("opening", balance.opening)
            json.member("activity", balance.activity)
            json.member("payments", balance.payments)
            json.member("closing", balance.closing)
            json.name("change")
            if let change { json.integer(change) } else { json.null() }
        }
    }
}

extension CloseWarning {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("code", finding.code)
            json.member("merchant", merchant)
            switch finding {
            case .notReported: break
            case .missingSequences(let signer, let numbers):
                json.member("signer", signer)
                json.member("first", numbers.lowerBound)
                json.member("last", numbers.upperBound)
            case .unusualActivity(let activity, let average, let periods):
                json.member("activity", activity)
                json.member("average", average)
                json.member("periods", Int64(periods))
            case .pendingRecords(let count): json.member("records", count)
            case .exposureLimit(let exposure, let limit):
                json.member("exposure", exposure)
                json.member("limit", limit)
            }
        }
    }
}
