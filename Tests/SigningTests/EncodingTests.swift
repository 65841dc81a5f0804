import Testing

@testable import Signing

struct EncodingTests {
    @Test("base64url of the RFC's examples, without padding")
    func examples() {
        let examples = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in examples {
            #expect(Base64URL.text(Array(plain.utf8)) == encoded)
            #expect(Base64URL.bytes(encoded.utf8) == Array(plain.utf8))
        }
        #expect(Base64URL.text([0xfb, 0xff, 0xbf]) == "-_-_")
    }

    @Test("Every length of bytes up to 200 comes back")
    func roundTrips() {
        var bytes: [UInt8] = []
        for length in 0...200 {
            #expect(bytes.count == length)
            #expect(Base64URL.bytes(Base64URL.text(bytes).utf8) == bytes)
            #expect(bytes.withUnsafeBytes { Base64.bytes(Base64.text($0).utf8) } == bytes)
            #expect(Hexadecimal.bytes(Hexadecimal.text(bytes).utf8) == bytes)
            bytes.append(UInt8(truncatingIfNeeded: length &* 167 &+ 13))
        }
    }

    @Test(
        "base64url in any other form is refused",
        arguments: [
            "Z", "Zg=", "Zg==", "Zm9v=", "Zm9vY", "Zm9v YmFy", "Zm9v\n", " Zm9v", "Zm9+", "Zm9/", "Zm.v",
            "Zm9vé", "Zm9v\0",
            "====", "?",
        ])
    func strictBase64URL(_ text: String) {
        #expect(Base64URL.bytes(text.utf8) == nil)
    }

    @Test("Of all last digits only those without stray bits are taken")
    func strayBits() {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        #expect(digits.filter { Base64URL.bytes("Z\($0)".utf8) != nil } == "AQgw")
        #expect(digits.filter { Base64URL.bytes("Zm\($0)".utf8) != nil } == "AEIMQUYcgkosw048")
        #expect(digits.filter { Base64URL.bytes("Zm9\($0)".utf8) != nil } == digits)
    }

    @Test(
        "Padded base64 in any other form is refused",
        arguments: ["Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v====", "Zm9-", "Zg==Zg==", "Zm 9"])
    func strictBase64(_ text: String) {
        #expect(Base64.bytes(text.utf8) == nil)
    }

    @Test("Hexadecimal is lowercase and whole", arguments: ["0", "0G", "AB", "0x12", "12 ", "é0"])
    func strictHexadecimal(_ text: String) {
        #expect(Hexadecimal.bytes(text.utf8) == nil)
    }

    @Test("SHA-256 of the standard's examples, at once and in pieces")
    func digests() throws {
        let abc = SHA256Digest(of: Array("abc".utf8))
        #expect(abc.text == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect("\(abc)" == abc.text)
        #expect(
            SHA256Digest(of: []).text
                == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let stream = SHA256Stream()
        for piece in ["a", "", "bc"] { stream.update(Array(piece.utf8)) }
        #expect(stream.finish() == abc)
        #expect(stream.finish() == SHA256Digest(of: []))
        for _ in 0..<1000 { stream.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        #expect(
            stream.finish().text == "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("A digest comes back from its text and from its bytes, and from nothing else")
    func digestForms() {
        let digest = SHA256Digest(of: [1, 2, 3])
        #expect(SHA256Digest(text: digest.text) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(bytes: Array(digest.bytes.dropLast())) == nil)
        let hex = digest.text.dropFirst(7)
        for text in [
            "", "sha256:", "\(hex)", "sha512:\(hex)", "SHA256:\(hex)", "sha256:\(hex.uppercased())",
            "\(digest.text)0", "\(digest.text.dropLast())",
        ] {
            #expect(SHA256Digest(text: text) == nil, "\(text)")
        }
        #expect(Set([digest, SHA256Digest(of: [1, 2, 3]), SHA256Digest(of: [1, 2])]).count == 2)
    }

    @Test("Comparison sees every differing bit and every other length")
    func constantTime() {
        let bytes = [UInt8](0..<32)
        #expect(ConstantTime.areEqual(bytes, bytes) && ConstantTime.areEqual([], []))
        for bit in 0..<256 {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!ConstantTime.areEqual(bytes, other))
        }
        #expect(
            !ConstantTime.areEqual(bytes, Array(bytes.dropLast()))
                && !ConstantTime.areEqual(bytes, bytes + [0]))
        #expect(!ConstantTime.areEqual([], [0]))
        #expect(SecretBytes(bytes) == SecretBytes(bytes) && SecretBytes(bytes) != SecretBytes([]))
    }

    @Test("A secret that is taken over leaves nothing behind in the array")
    func wiping() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(taking: &bytes)
        #expect(bytes.isEmpty && secret.count == 3)
        #expect(secret.withBytes { Array($0) } == [1, 2, 3])
        let empty = SecretBytes([])
        #expect(empty.count == 0 && empty.withBytes { $0.isEmpty })
    }
}
