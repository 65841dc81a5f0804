/// base64url without padding (RFC 4648 §5), in exactly one form.
public enum Base64URL {
    public static func text(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { text($0) }
    }

    public static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        Base64.encode(bytes, digits: digits, padded: false)
    }

    /// Nil for any other alphabet, padding, white space, a lone last digit or bits set beyond the last byte.
    public static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        Base64.decode(text, values: values)
    }

    private static let digits = Base64.alphabet(ending: "-", "_")
    private static let values = Base64.inverse(digits)
}

/// base64 as PEM and OpenSSH write it: the other two digits, padded.
public enum Base64 {
    public static func text(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { text($0) }
    }

    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        encode(bytes, digits: digits, padded: true)
    }

    /// Nil unless padded to a multiple of four, with no stray character or bit.
    static func bytes(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let pads = text.suffix(2).reversed().prefix { $0 == pad }.count
        return decode(text.dropLast(pads), values: values)
    }

    private static let digits = alphabet(ending: "+", "/")
    private static let values = inverse(digits)
    private static let pad = UInt8(ascii: "=")
    private static let none: UInt8 = 255

    fileprivate static func alphabet(ending last: Unicode.Scalar, _ veryLast: Unicode.Scalar) -> [UInt8] {
        Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
            + [UInt8(ascii: last), UInt8(ascii: veryLast)]
    }

    fileprivate static func inverse(_ digits: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: none, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }

    fileprivate static func encode(_ bytes: UnsafeRawBufferPointer, digits: [UInt8], padded: Bool) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var length = 0
            var (bits, held) = (UInt32(0), 0)
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                held += 8
                while held >= 6 {
                    held -= 6
                    output[length] = digits[Int(bits >> UInt32(held) & 63)]
                    length += 1
                }
            }
            if held > 0 {
                output[length] = digits[Int(bits << UInt32(6 - held) & 63)]
                length += 1
            }
            while padded, !length.isMultiple(of: 4) {
                output[length] = pad
                length += 1
            }
            return length
        }
    }

    fileprivate static func decode(_ text: some Collection<UInt8>, values: [UInt8]) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var (bits, held) = (UInt32(0), 0)
        for character in text {
            let value = values[Int(character)]
            guard value != none else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        guard bits & (1 << UInt32(held) - 1) == 0 else { return nil }
        return bytes
    }
}
