/// Text in the characters that every bank of the SEPA takes: `a–z A–Z 0–9 / - ? : ( ) . , ' +` and space. Others are
/// written as the EPC's best practice EPC217-08 does where it knows a letter's Latin one; what it does not know is none.
public enum SEPAText {
    /// The text in those characters, without spaces at its ends; nil if it has one that cannot be written so.
    public static func of(_ text: String) -> String? {
        var written = ""
        // Canonically equal characters are equal: an accent may stand by itself or not.
        for character in text {
            if isPlain(character) {
                written.append(character)
            } else if let known = replacements[character] {
                written += known
            } else {
                return nil
            }
        }
        return String(written.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// Whether an identifier may stand in a bank's file as it is: those characters, no slash at either end and no two.
    public static func acceptsIdentifier(_ text: String, atMost length: Int) -> Bool {
        (1...length).contains(text.utf8.count) && text.allSatisfy(isPlain) && !text.hasPrefix("/")
            && !text.hasSuffix("/") && !text.contains("//") && !text.hasPrefix(" ") && !text.hasSuffix(" ")
    }

    private static func isPlain(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, character != "\r\n" else { return false }
        return switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-?:().,'+ ".utf8.contains(byte)
        }
    }

    private static let replacements: [Character: String] = {
        var found: [Character: String] = [:]
        for (written, characters) in groups {
            for character in characters { found[character] = written }
        }
        return found
    }()

    private static let groups: KeyValuePairs = [
        "A": "ÀÁÂÃÄÅĀĂĄ", "AE": "Æ", "C": "ÇĆĈĊČ", "D": "ĎĐÐ", "E": "ÈÉÊËĒĔĖĘĚ", "G": "ĜĞĠĢ", "H": "ĤĦ",
        "I": "ÌÍÎÏĨĪĬĮİ", "IJ": "Ĳ", "J": "Ĵ", "K": "Ķ", "L": "ĹĻĽĿŁ", "N": "ÑŃŅŇŊ", "O": "ÒÓÔÕÖØŌŎŐ",
        "OE": "Œ", "R": "ŔŖŘ", "S": "ŚŜŞŠȘ", "T": "ŢŤŦȚÞ", "U": "ÙÚÛÜŨŪŬŮŰŲ", "W": "ŴẀẂẄ", "Y": "ÝŶŸỲ",
        "Z": "ŹŻŽ",
        "a": "àáâãäåāăą", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
        "i": "ìíîïĩīĭįı", "ij": "ĳ", "j": "ĵ", "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŉŋ", "o": "òóôõöøōŏő",
        "oe": "œ", "r": "ŕŗř", "s": "śŝşšșſß", "t": "ţťŧțþ", "u": "ùúûüũūŭůűų", "w": "ŵẁẃẅ", "y": "ýÿŷỳ",
        "z": "źżž",
        ".": "!\"#$%*<=>^@…“”„", "+": "&", ",": ";", "(": "[{", ")": "]}", "/": "\\|", "-": "_~–—",
        "'": "`´‘’‚‛", "E": "€",
    ]
}
