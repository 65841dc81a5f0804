public import Settlement

/// The alliance's definition as the operator writes it: one YAML document with the members of rulebook §2 by
/// their names. Prices and fractions are strings, or plain decimals, which mean the same: no binary floating
/// point is ever made of them.
public enum AllianceFile {
    /// The largest file that is read: 16 MiB.
    public static let maximumBytes = 16 << 20

    /// Reads and validates a file's bytes, which must be UTF-8; throws everything that is wrong with them.
    public static func parse(bytes: [UInt8], fileName: String) throws(AllianceFileRefusal) -> Alliance {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw AllianceFileRefusal(
                fileName: fileName, .yamlMalformed, line: lineOfBadEncoding(bytes),
                reason: "expected UTF-8, found other bytes")
        }
        return try parse(text: text, fileName: fileName)
    }

    /// Reads and validates a file's text; throws everything that is wrong with it, by line.
    public static func parse(text: String, fileName: String) throws(AllianceFileRefusal) -> Alliance {
        guard text.utf8.count <= maximumBytes else {
            throw AllianceFileRefusal(
                fileName: fileName, .tooLarge, line: 1,
                reason: "expected at most \(maximumBytes) bytes, found \(text.utf8.count)")
        }
        // YAML allows a byte order mark before the text.
        let unmarked =
            text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        let root = try YAMLText.root(of: unmarked, fileName: fileName)
        let findings = Findings()
        let alliance = AllianceReader(findings: findings).alliance(root)
        if let alliance, findings.problems.isEmpty {
            for problem in alliance.problems { findings.add(problem) }
        }
        guard let alliance, findings.problems.isEmpty else {
            throw AllianceFileRefusal(fileName: fileName, problems: findings.problems)
        }
        return alliance
    }

    /// The line that holds the first byte that is no part of a UTF-8 text.
    private static func lineOfBadEncoding(_ bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
    }
}
