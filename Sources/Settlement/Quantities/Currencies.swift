extension Currency {
    /// The currency of an ISO 4217 code in capital letters; nil if the standard has none such, or its
    /// exponent is not 0 … 3 (CLF and UYW have 4, gold and the like none).
    public init?(iso4217 code: String) {
        guard let exponent = Self.exponents[code] else { return nil }
        self.init(code: code, exponent: exponent)
    }

    /// The codes of the standard as of 2025, and those withdrawn since 2020, for alliances that settled
    /// in them.
    private static let exponents: [String: Int] = {
        var table: [String: Int] = [:]
        for (exponent, codes) in [(0, withoutMinorUnit), (2, hundredths), (3, thousandths)] {
            for code in codes.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                table[String(code)] = exponent
            }
        }
        return table
    }()

    private static let withoutMinorUnit =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"

    private static let thousandths = "BHD IQD JOD KWD LYD OMR TND"

    private static let hundredths = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
        CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
        GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
        LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
        PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP
        SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
        """
}
