/// Where a text departs from its form, and how: JSON, CSV, a batch's header or record. Rulebook §3.
///
/// It names bytes and bounds, never what stood in a field: that may be a member's id.
public struct Malformation: Error, Hashable, Sendable {
    public let fault: Fault
    /// 0-based position in the bytes that were read.
    public let offset: Int
    /// The member or column, where one can be named.
    public let field: String?

    init(_ fault: Fault, at offset: Int, field: String? = nil) {
        self.fault = fault
        self.offset = offset
        self.field = field
    }

    /// One sentence: what was expected, what was found.
    public var reason: String { fault.sentence }

    /// The same, of this member or column unless a narrower one is named already.
    func named(_ field: String) -> Malformation {
        Malformation(fault, at: offset, field: self.field ?? field)
    }
}

/// The ways in which a text can depart from its form.
public enum Fault: Hashable, Sendable {
    // The text as such.
    case encoding
    case nul
    case controlCharacter
    case ended

    // JSON.
    case expectedValue
    case expectedString
    case expectedInteger
    case expectedBoolean
    case expectedObject
    case expectedName
    case expectedColon
    case expectedCommaOrClose
    case textAfterValue
    case escape
    case surrogate
    case number
    case tooDeep
    case repeatedMember

    // CSV.
    case bareCarriageReturn
    case quoteInCell
    case textAfterQuote
    case unclosedQuote
    case rowWidth(found: Int, expected: Int)

    // Batches.
    case emptyText
    case emptyLine
    case format
    case headerCell
    case unknownMember(known: String)
    case repeatedField
    case missing
    case misplaced(type: String)
    case identifier
    case merchantID
    case recordType
    case leadingZero
    case minusZero
    case fractional
    case bounds(Int64, Int64)
    case instant
    case date
}

extension Fault {
    var sentence: String {
        textSentence ?? jsonSentence ?? csvSentence ?? batchSentence ?? fieldSentence
    }

    private var textSentence: String? {
        switch self {
        case .encoding: "the bytes are not UTF-8"
        case .nul: "a NUL byte stands here"
        case .controlCharacter: "a control character stands here"
        case .ended: "the text ends too early"
        default: nil
        }
    }

    private var jsonSentence: String? {
        switch self {
        case .expectedValue: "a JSON value is expected here"
        case .expectedString: "a JSON string is expected here"
        case .expectedInteger: "an integer is expected here, without quotes"
        case .expectedBoolean: "true or false is expected here"
        case .expectedObject: "a JSON object is expected here"
        case .expectedName: "the quoted name of a member is expected here"
        case .expectedColon: "a colon is expected after a member's name"
        case .expectedCommaOrClose: "a comma or the closing bracket is expected here"
        case .textAfterValue: "nothing may follow the JSON value"
        case .escape: "this is no escape of JSON"
        case .surrogate: "a surrogate stands without its other half"
        case .number: "this is no number of JSON"
        case .tooDeep: "values are nested more than \(JSONValue.maximumDepth) deep"
        case .repeatedMember: "a member of this name stands in the object already"
        default: nil
        }
    }

    private var csvSentence: String? {
        switch self {
        case .bareCarriageReturn: "a CR without LF ends no line"
        case .quoteInCell: "a quote stands inside a cell that does not begin with one"
        case .textAfterQuote: "only a comma or the line's end may follow a closing quote"
        case .unclosedQuote: "the quote opened here is never closed"
        case .rowWidth(let found, let expected): "the row has \(found) cells, expected \(expected)"
        default: nil
        }
    }

    private var batchSentence: String? {
        switch self {
        case .emptyText: "the batch is empty, expected its header"
        case .emptyLine: "the line is empty"
        case .format: "expected \(BatchFormat.name), the only format there is"
        case .headerCell: "expected a cell of the form key=value"
        case .unknownMember(let known): "the name is unknown, expected one of \(known)"
        case .repeatedField: "it is given twice"
        case .missing: "it is missing"
        case .misplaced(let type): "it has no place on a record of type \(type)"
        default: nil
        }
    }

    private var fieldSentence: String {
        switch self {
        case .identifier:
            "expected 1 to 64 printable ASCII characters without space, quote, backslash and comma"
        case .merchantID: "expected a merchant id: 1 to 40 of A-Z a-z 0-9 . _ - not starting with a dot"
        case .recordType: "expected one of " + RecordType.names
        case .leadingZero: "a number has no leading zero"
        case .minusZero: "zero has no sign"
        case .fractional: "expected an integer, written without point and exponent"
        case .bounds(let lower, let upper): "expected \(lower) to \(upper)"
        case .instant: "expected an RFC 3339 instant with an offset, of 2000 to 2099 in UTC, no leap second"
        case .date: "expected a date YYYY-MM-DD"
        default: "it is malformed"
        }
    }
}

/// The one format of batches.
enum BatchFormat {
    static let name = "settled-batch/1"
}
