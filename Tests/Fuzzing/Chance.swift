/// Chance that says the same for the same seed, everywhere (SplitMix64).
public struct Chance: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    public mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(0...elements.count - 1)]
    }

    /// The bytes with one to four changes: bits flipped, bytes replaced, pieces cut out, doubled, put in.
    public mutating func mutated(_ original: [UInt8], words: [String] = Self.words) -> [UInt8] {
        var bytes = original
        for _ in 0..<pick([1, 1, 1, 2, 2, 3, 4]) where !bytes.isEmpty {
            let position = number(0...bytes.count - 1)
            let end = min(bytes.count, position + number(1...20))
            switch number(0...7) {
            case 0: bytes[position] ^= 1 << UInt8(number(0...7))
            case 1, 2: bytes[position] = pick(Self.marks)
            case 3: bytes.removeSubrange(position..<end)
            case 4: bytes.insert(contentsOf: bytes[position..<end], at: number(0...bytes.count - 1))
            case 5: bytes.swapAt(position, number(0...bytes.count - 1))
            case 6: bytes.insert(contentsOf: Array(pick(words).utf8), at: position)
            default: bytes[position] = UInt8(number(0...255))
            }
        }
        return bytes
    }

    /// The bytes with one or two digits or letters put in the place of others of their kind.
    public mutating func touched(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<number(1...2) where !bytes.isEmpty {
            let position = number(0...bytes.count - 1)
            switch bytes[position] {
            case 0x30...0x39: bytes[position] = UInt8(number(0x30...0x39))
            case 0x41...0x5A: bytes[position] = UInt8(number(0x41...0x5A))
            case 0x61...0x7A: bytes[position] = UInt8(number(0x61...0x7A))
            default: break
            }
        }
        return bytes
    }

    private static let marks = Array("\"\\,:;{}[]()\n\r\t 0123456789-+._=eEuTZtz'#&*".utf8)

    /// What readers are known to stumble over.
    public static let words = [
        "\\u0000", "\\u00e9", "\\ud800", "\\ud83d\\ude00", "\\u0061", "\\/", "\\x41", "\u{FEFF}", "\u{E9}",
        "\u{1F600}", "\u{2028}", "\u{0}", "\u{7F}", "\u{1}", "null", "true", "NaN", "-Infinity", "-0", "0",
        "00",
        "1e2", "1.0", "9223372036854775808", "18446744073709551616", "1000000001", "\"\"", "{}", "[]", "[[",
        "\r\n",
        "\n", "\r", "\"", "/*x*/", "//", "=", "==", ".", "..", "23:59:60", "24:00", "+00:00", "-00:00",
        "+24:00",
        "2026-02-29", "2024-02-29", "1999-12-31", "2100-01-01", ".5", ".000000001", "60",
    ]
}
