import Signing
import Testing

struct KeyTextTests {
    // A pair made by `openssl genpkey -algorithm ed25519`, and a line made by `ssh-keygen -t ed25519`.
    let privatePEM = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINQTdpDVuXkYLbq99PaOtTGpqcm5LoNIk+L0aon4k+BZ
        -----END PRIVATE KEY-----

        """
    let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAk58nV4dB42Kgy8vc7Txhe1sy2x91M1+4dC6Els5TwT4=
        -----END PUBLIC KEY-----

        """
    let openSSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1WJo8Em/yBdmUmMtHZ0IhuIyVL49PpyvPpi/k48wI0 a b\n"
    let openSSHKey = "9d56268f049bfc8176652632d1d9d0886e23254be3d3e9caf3e98bf938f30234"

    @Test("OpenSSL's private key is read, has OpenSSL's public key and is written back the same")
    func privateKeys() throws {
        let key = try Ed25519PrivateKey(pem: Array(privatePEM.utf8))
        #expect(key.pem == privatePEM)
        #expect(key.publicKey.pem == publicPEM)
        let windows = Array(privatePEM.utf8).flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
        #expect(try Ed25519PrivateKey(pem: windows).seed == key.seed)
        let signature = key.signature(over: Array("x".utf8))
        #expect(key.publicKey.verifies(signature, over: Array("x".utf8)))
        #expect(!key.publicKey.verifies(signature, over: Array("y".utf8)))
    }

    @Test("A public key is read from PEM, JWK and an OpenSSH line, with or without comment")
    func publicKeys() throws {
        let key = try Ed25519PublicKey(text: publicPEM.utf8)
        let x = Base64URL.text(key.bytes)
        let jwks = [
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#,
            #" { "use":"sig", "x":"\#(x)","alg":"EdDSA","key_ops":["verify"],"crv":"Ed25519","kty":"OKP" }"#,
        ]
        for jwk in jwks { #expect(try Ed25519PublicKey(text: jwk.utf8) == key) }
        for line in [openSSH, String(openSSH.dropLast(5)), "  " + openSSH] {
            #expect(Hexadecimal.text(try Ed25519PublicKey(text: line.utf8).bytes) == openSSHKey)
        }
        #expect(Set([key, try Ed25519PublicKey(key.bytes)]).count == 1)
    }

    @Test("Any other text is refused as a public key")
    func publicKeysRefused() throws {
        let x = Base64URL.text(try Ed25519PublicKey(text: publicPEM.utf8).bytes)
        let texts = [
            "", "\n", x, "{", "{}", privatePEM, publicPEM + publicPEM, publicPEM + "x", "x" + publicPEM,
            publicPEM.replacing("PUBLIC", with: "RSA PUBLIC"), publicPEM.replacing("MCow", with: "MCox"),
            publicPEM.replacing("wT4=", with: "wT5="), publicPEM.replacing("wT4=", with: ""),
            #"{"kty":"OKP","crv":"X25519","x":"\#(x)"}"#, #"{"kty":"EC","crv":"Ed25519","x":"\#(x)"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)="}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","d":"\#(x)"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","use":"enc"}"#, #"{"kty":"OKP","crv":"Ed25519"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","x":"\#(x)"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","alg":"ES256"}"#,
            openSSH + openSSH, openSSH.replacing("ssh-ed25519", with: "ssh-rsa"), "ssh-ed25519",
            "ssh-ed25519 AAAA",
            openSSH.replacing("AAAAC3", with: "AAAAD3"), openSSH.replacing("8wI0", with: "8wI0AAAA"),
        ]
        for text in texts {
            let refusal = refusal { () throws(KeyRefusal) in _ = try Ed25519PublicKey(text: text.utf8) }
            #expect(refusal?.code == "key_malformed", "\(text): \(String(describing: refusal))")
        }
    }

    @Test("A private key in a public key's place is refused with the reason")
    func privateInPublicPlace() {
        let refusal = refusal { () throws(KeyRefusal) in _ = try Ed25519PublicKey(text: privatePEM.utf8) }
        #expect(refusal == .malformed("it holds a private key: keep that, and give only the public one"))
    }

    @Test("A public key under which anyone could sign is refused, and one of another length")
    func weakKeys() throws {
        // y = 1 is the neutral point: S = 0 and R = that point would verify over every message.
        var neutral = [UInt8](repeating: 0, count: 32)
        neutral[0] = 1
        var signed = neutral
        signed[31] = 0x80
        let weak = [
            neutral, signed, [UInt8](repeating: 0, count: 32),
            [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        ]
        for bytes in weak {
            #expect(refusal { () throws(KeyRefusal) in _ = try Ed25519PublicKey(bytes) } == .weakPublicKey)
        }
        for length in [0, 31, 33] {
            let bytes = [UInt8](repeating: 7, count: length)
            #expect(
                refusal { () throws(KeyRefusal) in _ = try Ed25519PublicKey(bytes) }
                    == .keyLength(bytes: length))
            #expect(
                refusal { () throws(KeyRefusal) in _ = try Ed25519PrivateKey(seed: SecretBytes(bytes)) }
                    == .keyLength(bytes: length))
        }
    }

    @Test(
        "A bad key id is refused wherever a key is made",
        arguments: ["", "a b", "a,b", "a\"b", "a\\b", "ä", "a\n"])
    func keyIDs(_ id: String) throws {
        let seed = SecretBytes([UInt8](repeating: 5, count: 32))
        #expect(
            refusal { () throws(KeyRefusal) in _ = try SigningKey.hs256(id: id, secret: seed) } == .keyID(id))
        #expect(
            refusal { () throws(KeyRefusal) in _ = try SigningKey.ed25519(id: id, seed: seed) } == .keyID(id))
        let publicKey = try Ed25519PublicKey(text: publicPEM.utf8)
        #expect(
            refusal { () throws(KeyRefusal) in _ = try VerificationKey.ed25519(id: id, publicKey: publicKey) }
                == .keyID(id))
    }

    @Test("The seal's public keys make a JWK set, and each verifies from it")
    func keySets() throws {
        let master = try MasterSecret(versions: (0...1).map { SecretBytes(Array($0..<($0 + 32))) })
        let keys = (1...2).map { master.sealKey(version: $0) }
        let text = JWKSet.text(keys.map(\.verification))
        #expect(
            text.hasPrefix(
                #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"yrpR7aTBFuFzMfQ5z9CDwzUkzloeAInFOivBZBKNZgc","#
                    + #""kid":"seal/1","use":"sig","alg":"EdDSA"},{"kty":"OKP","#))
        #expect(try JWKSet.keys(Array(text.utf8)).map(\.id) == ["seal/1", "seal/2"])
        for key in keys {
            let verification = try VerificationKey(keyFile: Array(text.utf8), id: key.id)
            try DetachedJWS(parsing: key.sign([1])).verify(payload: [1], key: verification)
        }
        #expect(
            refusal { () throws(KeyRefusal) in
                _ = try VerificationKey(keyFile: Array(text.utf8), id: "seal/3")
            }
                == .malformed("the key set has no key seal/3"))
        #expect(JWKSet.text([]) == #"{"keys":[]}"#)
    }

    @Test("Keys of other kinds in a set are passed over, a key named twice is refused")
    func foreignKeySets() throws {
        let x = Base64URL.text(try Ed25519PublicKey(text: publicPEM.utf8).bytes)
        let ours = #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","kid":"a","key_ops":["verify"]}"#
        let set = #"{"keys":[{"kty":"RSA","n":"AA","e":"AQAB","kid":"r"},\#(ours)]}"#
        #expect(try JWKSet.keys(Array(set.utf8)).map(\.id) == ["a"])
        for text in ["[]", "{}", #"{"keys":{}}"#, #"{"keys":[\#(ours),\#(ours)]}"#] {
            let refusal = refusal { () throws(KeyRefusal) in _ = try JWKSet.keys(Array(text.utf8)) }
            #expect(refusal?.code == "key_malformed", "\(text)")
        }
    }
}
