import Signing

/// Random bytes from the operating system, fit for keys.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        // On Linux this generator is getrandom(2), without a state of its own.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Lowercase hex digits.
    public static func hexDigits(_ count: Int) -> String {
        String(Hexadecimal.text(bytes((count + 1) / 2)).prefix(count))
    }
}
