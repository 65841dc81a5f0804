import Settlement

/// The name of a file in the spool: the bytes that the file system keeps, UTF-8 or not, without a slash.
struct SpoolName: Hashable, Comparable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(_ text: String) { bytes = Array(text.utf8) }

    /// By bytes: the same on every machine.
    static func < (left: SpoolName, right: SpoolName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// For people; what is not UTF-8 is shown as �.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Hidden files are those that uploads and this daemon have not finished.
    var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

    /// What the file holds by its ending, in small letters or capitals; nil: no batch.
    var form: BatchForm? {
        switch ending?.lowercased() {
        case ".ndjson": .ndjson
        case ".csv": .csv
        default: nil
        }
    }

    /// The last point and what follows it.
    var ending: String? {
        bytes.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: bytes[$0...], as: UTF8.self) }
    }

    /// The name without its ending, cut so that every result's name fits the 255 bytes of a file system.
    var stem: SpoolName {
        let stem = bytes[..<(bytes.lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex)]
        guard stem.count > Self.longestStem else { return SpoolName(Array(stem)) }
        // A character of UTF-8 is not cut in two.
        var end = Self.longestStem
        while end > 0, stem[end] & 0xc0 == 0x80 { end -= 1 }
        return SpoolName(Array(stem[..<end]))
    }

    private static let longestStem = 200

    /// The name with this behind it.
    func appending(_ text: String) -> SpoolName { SpoolName(bytes + Array(text.utf8)) }

    /// Calls `body` with the name as C has it.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a name ends with a zero byte") }
            return body(base.assumingMemoryBound(to: CChar.self))
        }
    }
}
