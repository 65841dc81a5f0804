/// What problem details say of a fault besides its sentence.
extension Fault {
    /// What should have stood there; nil where the sentence says what must not.
    public var expected: String? {
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
        case .nul, .controlCharacter, .ended, .textAfterValue, .escape, .surrogate, .number, .tooDeep,
            .repeatedMember, .bareCarriageReturn, .quoteInCell, .textAfterQuote, .unclosedQuote,
            .repeatedField, .missing, .misplaced:
            nil
        }
    }

    /// What stood there, where it cannot be a member's id.
    public var found: String? {
        switch self {
        case .rowWidth(let found, _): "\(found) cells"
        case .missing, .emptyText, .emptyLine, .ended: "nothing"
        default: nil
        }
    }
}
