/// The text form of a DER structure: base64 between two lines that name it. RFC 7468, strict.
enum PEM {
    /// What stands between `-----BEGIN label-----` and `-----END label-----`; nil if there is anything else
    /// but white space around.
    static func body(_ text: some Collection<UInt8>, label: String) -> [UInt8]? {
        let lines = text.split { $0 == 0x0a || $0 == 0x0d }.map { trimmed($0) }.filter { !$0.isEmpty }
        guard lines.count >= 3, lines[0].elementsEqual("-----BEGIN \(label)-----".utf8),
            lines[lines.count - 1].elementsEqual("-----END \(label)-----".utf8)
        else { return nil }
        return Base64.bytes(Array(lines[1..<lines.count - 1].joined()))
    }

    static func text(_ body: [UInt8], label: String) -> String {
        // Our structures are short: one line of base64 holds 48 bytes.
        precondition(body.count <= 48, "a PEM of one line holds at most 48 bytes")
        return
            "-----BEGIN \(label)-----\n\(body.withUnsafeBytes { Base64.text($0) })\n-----END \(label)-----\n"
    }

    static func isLabelled(_ text: some Collection<UInt8>, _ label: String) -> Bool {
        text.split { $0 == 0x0a || $0 == 0x0d }.contains {
            trimmed($0).elementsEqual("-----BEGIN \(label)-----".utf8)
        }
    }

    static func trimmed<Text: Collection<UInt8>>(_ line: Text) -> [UInt8] {
        Array(line.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}

/// The two DER structures that hold an Ed25519 key have one form each (RFC 8410): a constant head, 32 bytes.
enum Ed25519DER {
    static let publicHead: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
    static let privateHead: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// The 32 bytes after `head`; nil if it is another structure.
    static func key(_ der: [UInt8], after head: [UInt8]) -> [UInt8]? {
        guard der.count == head.count + 32, der.starts(with: head) else { return nil }
        return Array(der.dropFirst(head.count))
    }
}
