import Settlement
import Testing

@Suite("Numbers and codes of banking")
struct BankingNumberTests {
    private func code<Value>(_ text: String, _ read: (String) throws(BankingFault) -> Value)
        -> BankingFault.Code?
    {
        do throws(BankingFault) {
            _ = try read(text)
            return nil
        } catch {
            #expect(error.reason.hasPrefix("expected ") && error.description == error.reason)
            return error.code
        }
    }

    @Test(
        "What is no IBAN is refused for a reason",
        arguments: [
            ("", .characterWrong), ("DE89", .lengthWrong), ("DE89  370400440532013000", .characterWrong),
            (" DE89370400440532013000", .characterWrong), ("de89370400440532013000", .characterWrong),
            ("DE8937040044053201300Ö", .characterWrong), ("DE89-3704-0044-0532-0130-00", .characterWrong),
            ("DE893704004405320130000", .lengthWrong), ("DE8937040044053201300", .lengthWrong),
            ("XX89370400440532013000", .countryUnknown), ("US89370400440532013000", .countryUnknown),
            ("D189370400440532013000", .structureWrong), ("DEA9370400440532013000", .structureWrong),
            ("DE8937040044053201300A", .structureWrong), ("GB29N1BK60161331926819", .structureWrong),
            ("DE88370400440532013000", .checkDigitsWrong), ("DE89370400440532013001", .checkDigitsWrong),
            ("DE89370400440532010300", .checkDigitsWrong),
            // The remainder is 1 too, but no check digits come out so.
            ("DE99370400440532013014", .checkDigitsWrong), ("DE01370400440532013032", .checkDigitsWrong),
            ("DE00370400440532013050", .checkDigitsWrong),
        ] as [(String, BankingFault.Code)])
    func badIBAN(text: String, expected: BankingFault.Code) {
        #expect(code(text, IBAN.init) == expected)
    }

    @Test(
        "The examples of the registry are IBANs",
        arguments: [
            "DE89370400440532013000", "DE02370400440532013014", "DE98370400440532013032",
            "GB29NWBK60161331926819", "FR1420041010050500013M02606",
            "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "BR1800360305000010009795493C1",
            "SC18SSCB11010000000000001497USD", "MU17BOMM0101101030300200000MUR", "NL91ABNA0417164300",
            "CH9300762011623852957", "IT60X0542811101000000123456", "LC55HEMM000100010012001200023015",
            "KW81CBKU0000000000001234560101", "SE4550000000058398257466", "TR330006100519786457841326",
            "ES9121000418450200051332", "PL61109010140000071219812874", "BE68539007547034",
            "AT611904300234573201", "LU280019400644750000", "SA0380000000608010167519",
            "RU0304452522540817810538091310419", "EG380019000500000000263180002",
        ])
    func goodIBAN(text: String) throws {
        let iban = try IBAN(text)
        #expect(iban.text == text && iban.country == text.prefix(2))
        let groups = stride(from: 0, to: text.count, by: 4).map { text.dropFirst($0).prefix(4) }
        #expect(try IBAN(groups.joined(separator: " ")) == iban)
        // Any one digit that is another one is told.
        for place in text.indices where text[place].isNumber {
            var other = text
            other.replaceSubrange(place...place, with: text[place] == "9" ? "8" : "9")
            #expect(code(other, IBAN.init) != nil, "\(other)")
        }
    }

    @Test("A BIC has 8 or 11 characters of the form that all bank files take")
    func bic() throws {
        for text in ["MARKDEFF", "DEUTDEFF500", "COBADEFFXXX", "NDEAFIHH", "BNPAFRPPA0O"] {
            #expect(try BIC(text).text == text)
        }
        #expect(try BIC("COBADEFFXXX").country == "DE")
        for (text, expected) in [
            ("", .characterWrong), ("markdeff", .characterWrong), ("MARKDEF", .lengthWrong),
            ("MARKDEFFX", .lengthWrong), ("MARKDEFFXX", .lengthWrong), ("MARKDEFFXXXX", .lengthWrong),
            ("MARK DEFF", .lengthWrong), ("M4RKDEFF", .structureWrong), ("MARKD1FF", .structureWrong),
            ("MARKDE1F", .structureWrong), ("MARKDE0F", .structureWrong), ("MARKDEFO", .structureWrong),
        ] as [(String, BankingFault.Code)] {
            #expect(code(text, BIC.init) == expected, "\(text)")
        }
    }

    @Test("A creditor reference is RF, check digits and 1 … 21 characters")
    func creditorReference() throws {
        for text in ["RF18539007547034", "RF18 5390 0754 7034", "RF45G72UUR", "RF741"] {
            #expect(try CreditorReference(text).text == text.filter { $0 != " " })
        }
        for (text, expected) in [
            ("", .characterWrong), ("RF18", .lengthWrong), ("RF18-539007547034", .characterWrong),
            ("rf18539007547034", .characterWrong), ("RG18539007547034", .structureWrong),
            ("RFA8539007547034", .structureWrong), ("RF19539007547034", .checkDigitsWrong),
            ("RF18539007547043", .checkDigitsWrong),
            ("RF47" + String(repeating: "A", count: 22), .lengthWrong),
        ] as [(String, BankingFault.Code)] {
            #expect(code(text, CreditorReference.init(_:)) == expected, "\(text)")
        }
        for body in ["1", "R7N1", "539007547034", String(repeating: "Z", count: 21)] {
            let made = try CreditorReference(of: body)
            #expect(try CreditorReference(made.text) == made && made.text.hasSuffix(body))
        }
        for body in ["", "a", "A-B", String(repeating: "A", count: 22)] {
            #expect(code(body, CreditorReference.init(of:)) != nil, "\(body)")
        }
    }

    @Test("A creditor identifier's check digits leave out what the creditor chooses")
    func creditorIdentifier() throws {
        for text in ["DE98ZZZ09999999999", "DE98ABC09999999999", "AT61ZZZ01234567890"] {
            #expect(try CreditorIdentifier(text).text == text)
        }
        for (text, expected) in [
            ("DE98ZZ", .lengthWrong), ("DE97ZZZ09999999999", .checkDigitsWrong),
            ("DE98ZZZ09999999998", .checkDigitsWrong), ("9898ZZZ09999999999", .structureWrong),
            ("DE98ZZZ0999999999_", .characterWrong),
        ] as [(String, BankingFault.Code)] {
            #expect(code(text, CreditorIdentifier.init) == expected, "\(text)")
        }
    }

    @Test("Text is written in the characters that every bank takes, or it is none")
    func sepaText() {
        for (text, written) in [
            ("Käse & Söhne GmbH", "Kase + Sohne GmbH"), ("Ka\u{308}se", "Kase"), ("Straße 3", "Strase 3"),
            ("Œuvre [Łódź]", "OEuvre (Lodz)"), ("a_b*c;d", "a-b.c,d"), (" O’Neill ", "O'Neill"),
            ("/-?:().,'+ 09azAZ", "/-?:().,'+ 09azAZ"), ("<&>\"", ".+.."), ("", ""), ("   ", ""),
        ] { #expect(SEPAText.of(text) == written, "\(text)") }
        for text in ["积分", "Αθήνα", "a\nb", "a\r\nb", "\u{7}", "😀", "a\u{300}\u{301}\u{302}"] {
            #expect(SEPAText.of(text) == nil, "\(text)")
        }
        for id in ["R7-M001", "R7.3", "a/b", String(repeating: "x", count: 35)] {
            #expect(SEPAText.acceptsIdentifier(id, atMost: 35), "\(id)")
        }
        for id in ["", "/a", "a/", "a//b", " a", "a ", "a_b", "ä", String(repeating: "x", count: 36)] {
            #expect(!SEPAText.acceptsIdentifier(id, atMost: 35), "\(id)")
        }
    }
}
