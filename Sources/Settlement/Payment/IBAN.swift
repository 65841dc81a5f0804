/// An account number of ISO 13616, in the form without spaces. Its structure and check digits are right; whether there
/// is such an account only its bank knows.
public struct IBAN: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Reads it as written in groups or without spaces. Throws `BankingFault`.
    public init(_ text: String) throws(BankingFault) {
        let found = try BankingText(text, name: "an IBAN", length: 15...34)
        try found.requireCountryAndCheckDigits(of: "an IBAN")
        let country = String(found.text.prefix(2))
        guard let structure = IBANStructure.of(country) else {
            throw BankingFault(.countryUnknown, "expected an IBAN, found one of \(country), which has none")
        }
        guard found.bytes.count == structure.length else {
            throw BankingFault(
                .lengthWrong,
                "expected an IBAN of \(structure.length) characters for \(country), found \(found.bytes.count)"
            )
        }
        guard structure.accepts(found.bytes.dropFirst(4)) else {
            throw BankingFault(
                .structureWrong, "expected an IBAN, found letters or digits where \(country) has none")
        }
        try CheckDigits.verify(found.bytes, behind: found.bytes.dropFirst(4), of: "an IBAN")
        self.text = found.text
    }

    public var country: String { String(text.prefix(2)) }
    /// Whether its bank is in a country of the SEPA, so that transfers and debits in euro reach it.
    public var isOfSEPA: Bool { Self.countriesOfSEPA.contains(country) }
    public var description: String { text }

    /// Those of the EPC's list of countries of the SEPA schemes (EPC409-09), as their IBANs begin: what belongs to one of
    /// them, as Guernsey or Martinique, has IBANs of that. Serbia is among them since May 2026.
    private static let countriesOfSEPA: Set<String> = [
        "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR",
        "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL",
        "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
    ]
}

/// What stands behind an IBAN's check digits, by country.
struct IBANStructure {
    private enum Kind: Character { case digits = "n", letters = "a", either = "c" }

    private let runs: [(count: Int, kind: Kind)]

    /// Characters of the whole IBAN.
    var length: Int { runs.reduce(4) { $0 + $1.count } }

    static func of(_ country: String) -> IBANStructure? { known[country] }

    func accepts(_ bytes: some Sequence<UInt8>) -> Bool {
        let kinds = runs.flatMap { Array(repeating: $0.kind, count: $0.count) }
        return zip(bytes, kinds).allSatisfy { byte, kind in
            switch kind {
            case .digits: BankingText.isDigit(byte)
            case .letters: BankingText.isLetter(byte)
            case .either: true
            }
        }
    }

    /// As `4a14n`: four letters, then fourteen digits; `c` is either.
    private init(_ text: some StringProtocol) {
        var (runs, count): ([(Int, Kind)], Int) = ([], 0)
        for character in text {
            if let kind = Kind(rawValue: character) {
                runs.append((count, kind))
                count = 0
            } else {
                count = count * 10 + (character.wholeNumberValue ?? 0)
            }
        }
        self.runs = runs
    }

    private static let known: [String: IBANStructure] = {
        var known: [String: IBANStructure] = [:]
        for line in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            known[String(line.prefix(2))] = IBANStructure(line.dropFirst(3))
        }
        return known
    }()

    /// The registry that SWIFT keeps for ISO 13616, runs of one kind put together.
    private static let table = """
        AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c
        BY:4c4n16c CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n EE:16n EG:25n ES:20n
        FI:14n FK:2a12n FO:14n FR:10n11c2n GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HN:4a20n
        HR:17n HU:24n IE:4a14n IL:19n IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c
        LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n MD:20c ME:18n MK:3n10c2n MN:16n
        MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c PL:24n PS:4a21c PT:21n
        QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n SM:1a10n12c
        SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c
        """
}
