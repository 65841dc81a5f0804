/// What problem details say of a fault besides its sentence.
extension Fault {
    /// What should have stood there.
    public var expected: String {
        switch self {
        case .expectedValue: "a JSON value"
        case .expectedString: "a JSON string"
        case .expectedInteger, .fractional: "an integer, without quotes, point and exponent"
        case .leadingZero, .minusZero: "an integer without leading zero, zero without sign"
        case .expectedBoolean: "true or false"
        case .expectedObject: "a JSON object"
        case .expectedName: "the quoted name of a member"
        case .expectedColon: "a colon"
        case .expectedCommaOrClose: "a comma or the closing bracket"
        case .rowWidth(_, let expected): "\(expected) cells"
        case .emptyText: "a batch's header"
        case .emptyLine: "a record"
        case .format: BatchFormat.name
        case .headerCell: "key=value"
        case .unknownMember(let known): "one of \(known)"
        case .identifier: "1 to 64 printable ASCII characters without space, quote, backslash and comma"
        case .merchantID: "1 to 40 of A-Z a-z 0-9 . _ - not starting with a dot"
        case .recordType: "one of " + RecordType.names
        case .bounds(let lower, let upper): "\(lower) to \(upper)"
        case .instant: "an RFC 3339 instant with an offset, of 2000 to 2099 in UTC, no leap second"
        case .date: "a date YYYY-MM-DD"
        case .encoding: "UTF-8"
        case .nul, .controlCharacter: "printable text"
        case .ended: "more"
        case .textAfterValue: "the line's end"
        case .escape: "an escape of JSON, as \\n or \\u0041"
        case .surrogate: "both halves of a surrogate pair"
        case .number: "a number of JSON"
        case .tooDeep: "at most \(JSONValue.maximumDepth) levels"
        case .repeatedMember, .repeatedField: "each name once"
        case .bareCarriageReturn: "CR and LF, or LF"
        case .quoteInCell: "a quote at the beginning of a cell only"
        case .textAfterQuote: "a comma or the line's end"
        case .unclosedQuote: "a closing quote"
        case .missing: "it to be given"
        case .misplaced(let type): "no such field on a record of type \(type)"
        }
    }

    /// What stood there as a kind of thing; nil where only the text itself would tell.
    fileprivate var kind: Kind? {
        switch self {
        case .rowWidth(let found, _): .words("\(found) cells")
        case .missing, .emptyText, .emptyLine, .ended: .words("nothing")
        case .unclosedQuote: .words("the end of the batch")
        case .repeatedMember, .repeatedField: .words("it a second time")
        case .misplaced: .words("one")
        case .tooDeep: .words("more")
        case .surrogate: .words("one half")
        case .escape: .words("another")
        case .expectedValue, .expectedString, .expectedInteger, .expectedBoolean, .expectedObject,
            .expectedName, .expectedColon, .expectedCommaOrClose, .textAfterValue, .number, .encoding, .nul,
            .controlCharacter, .bareCarriageReturn, .quoteInCell, .textAfterQuote:
            .byte
        // What stood in a field may be a member's id, of a column that slipped too.
        case .format, .headerCell, .unknownMember, .identifier, .merchantID, .recordType, .leadingZero,
            .minusZero, .fractional, .bounds, .instant, .date:
            nil
        }
    }

    fileprivate enum Kind {
        case words(String)
        /// The byte at the fault says it.
        case byte
    }
}

extension Malformation {
    /// What stood there: a kind of thing, never more than one character of the text, which may be a member's id. Nil
    /// where a field has a value of another kind than it should.
    func found(in text: ByteView) -> String? {
        switch fault.kind {
        case nil: nil
        case .words(let words): words
        case .byte: offset < text.count ? Self.kind(of: text[offset]) : "nothing"
        }
    }

    private static func kind(of byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "a quote"
        case UInt8(ascii: "{"): "an object"
        case UInt8(ascii: "["): "an array"
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): "a number"
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): "a letter"
        case 0x0A, 0x0D: "the line's end"
        case 0x20: "a space"
        case 0x21...0x7E: String(UnicodeScalar(byte))
        default: "the byte 0x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
