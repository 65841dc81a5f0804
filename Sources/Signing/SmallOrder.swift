/// The points of Ed25519 whose order divides 8: a signature under such a key proves nothing, since whoever
/// likes can make one. Compared without the sign bit; two of them have a second, unreduced form.
enum SmallOrder {
    static func contains(_ publicKey: [UInt8]) -> Bool {
        var y = publicKey
        y[y.count - 1] &= 0x7f
        return ordinates.contains(y)
    }

    private static let ordinates: [[UInt8]] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ].map { Hexadecimal.bytes($0.utf8)! }
}
