import Signing

extension Receipt {
    /// Reads a receipt's bytes. Throws unless they are exactly the canonical bytes of a receipt: what a
    /// signature holds over is then what is read here, and nothing besides.
    public init(parsing bytes: [UInt8]) throws(ReceiptRefusal) {
        let json: JSONValue
        do throws(Malformation) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw ReceiptRefusal(field: error.field, reason: error.reason)
        }
        let reader = ReceiptReader(json: json)
        guard try reader.text("format") == Self.format else {
            throw ReceiptRefusal(field: "format", reason: "expected \(Self.format)")
        }
        self.init(
            alliance: try reader.value("alliance") { AllianceID($0) },
            merchant: try reader.value("merchant") { MerchantID($0) },
            signer: try reader.value("signer") { Signer(rawValue: $0) },
            batch: try reader.value("batch") { BatchID($0) },
            sequence: try reader.integer("sequence"),
            digest: try reader.value("digest") { SHA256Digest(text: $0) },
            received: try reader.value("received") { Instant(rfc3339: $0) },
            counts: try reader.counts(), refused: try reader.refused(), warnings: try reader.warnings(),
            periods: try reader.periods())
        guard self.bytes == bytes else {
            throw ReceiptRefusal(field: nil, reason: "the bytes are not the canonical ones of what they say")
        }
    }
}

extension Receipt {
    /// The figures of a receipt that is ours, without its lists, which may name a million records: what a log wants.
    /// Nil where the bytes are no receipt.
    public init?(figuresOf bytes: [UInt8]) {
        // No text of a receipt holds a quote, so the list begins where its name first stands before a bracket.
        let list = Array(#""refused":["#.utf8)
        guard let start = bytes.firstRange(of: list)?.lowerBound else { return nil }
        let figures = bytes[..<start] + #""refused":[],"warnings":[],"periods":[]}"#.utf8
        guard let receipt = try? Receipt(parsing: Array(figures)) else { return nil }
        self = receipt
    }
}

/// Why bytes are not a receipt.
public struct ReceiptRefusal: Error, Hashable, Sendable {
    /// The member, where one can be named.
    public let field: String?
    /// One sentence: what was expected.
    public let reason: String
}

/// Takes the members of a receipt, each of its kind.
private struct ReceiptReader {
    let json: JSONValue

    func text(_ name: String) throws(ReceiptRefusal) -> String {
        guard let text = json[name]?.string else {
            throw ReceiptRefusal(field: name, reason: "expected a string")
        }
        return text
    }

    func integer(_ name: String) throws(ReceiptRefusal) -> Int64 {
        guard let value = json[name]?.integer else {
            throw ReceiptRefusal(field: name, reason: "expected an integer")
        }
        return value
    }

    func value<Value>(_ name: String, _ read: (String) -> Value?) throws(ReceiptRefusal) -> Value {
        guard let value = read(try text(name)) else {
            throw ReceiptRefusal(field: name, reason: "the text is none that may stand here")
        }
        return value
    }

    private func array(_ name: String) throws(ReceiptRefusal) -> [JSONValue] {
        guard let values = json[name]?.array else {
            throw ReceiptRefusal(field: name, reason: "expected an array")
        }
        return values
    }

    func counts() throws(ReceiptRefusal) -> Receipt.Counts {
        let reader = ReceiptReader(json: json["counts"] ?? .null)
        return Receipt.Counts(
            records: try reader.integer("records"), accepted: try reader.integer("accepted"),
            duplicates: try reader.integer("duplicates"), refused: try reader.integer("refused"))
    }

    func refused() throws(ReceiptRefusal) -> RefusedRecords {
        var records: RefusedRecords = []
        for json in try array("refused") {
            let reader = ReceiptReader(json: json)
            records.append(
                RefusedRecord(
                    line: Int(try reader.integer("line")), id: try reader.value("id") { RecordID($0) },
                    code: try reader.value("code") { RecordRefusalCode(rawValue: $0) }))
        }
        return records
    }

    func warnings() throws(ReceiptRefusal) -> [String] {
        // One that is no string is missing here, and the bytes are then not the canonical ones.
        try array("warnings").compactMap(\.string)
    }

    func periods() throws(ReceiptRefusal) -> [Receipt.PeriodCount] {
        var periods: [Receipt.PeriodCount] = []
        for json in try array("periods") {
            let reader = ReceiptReader(json: json)
            periods.append(
                Receipt.PeriodCount(period: try reader.text("period"), records: try reader.integer("records"))
            )
        }
        return periods
    }
}
