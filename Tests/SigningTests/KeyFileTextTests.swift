import Signing
import Testing

struct KeyFileTextTests {
    let pair = KeyTextTests()

    @Test("Both kinds of key come back from their files with the same signatures")
    func keyFiles() throws {
        let seed = SecretBytes([UInt8](repeating: 5, count: 32))
        let keys = try [
            SigningKey.hs256(id: "batch/M001/1", secret: seed), .ed25519(id: "shop-1", seed: seed),
        ]
        #expect(
            keys[0].keyFile
                == #"{"kty":"oct","kid":"batch/M001/1","alg":"HS256","#
                + #""k":"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"}"#
        )
        #expect(
            keys[1].keyFile.hasPrefix(
                #"{"kty":"OKP","crv":"Ed25519","kid":"shop-1","alg":"EdDSA","d":"BQUFBQUF"#))
        for key in keys {
            let file = Array((key.keyFile + "\n").utf8)
            let read = try SigningKey(keyFile: file)
            #expect(read.id == key.id && read.sign([1]) == key.sign([1]))
            #expect(try SigningKey(keyFile: file, id: key.id).sign([1]) == key.sign([1]))
            let verification = try VerificationKey(keyFile: file, id: key.id)
            try DetachedJWS(parsing: key.sign([1])).verify(payload: [1], key: verification)
        }
        let short = #"{"kid":"k","alg":"EdDSA","d":"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"}"#
        #expect(
            try SigningKey(keyFile: Array(short.utf8)).verification.publicKey
                == keys[1].verification.publicKey)
        let pem = try SigningKey(keyFile: Array(pair.privatePEM.utf8), id: "shop-2")
        #expect(pem.id == "shop-2" && pem.verification.publicKey?.pem == pair.publicPEM)
    }

    @Test("A key file that is not whole, not of this key or not of these algorithms is refused")
    func keyFilesRefused() {
        let k = Base64URL.text([UInt8](repeating: 5, count: 32))
        let files: [(String, String?, String)] = [
            ("", nil, "key_malformed"), ("{}", "k", "key_malformed"), (pair.privatePEM, nil, "key_malformed"),
            (pair.publicPEM, "k", "key_malformed"), (#"{"alg":"HS256","k":"\#(k)"}"#, nil, "key_malformed"),
            (#"{"kid":"a","alg":"HS256","k":"\#(k)"}"#, "b", "key_malformed"),
            (#"{"kid":"a b","alg":"HS256","k":"\#(k)"}"#, nil, "key_id_malformed"),
            (#"{"kid":"a","alg":"HS384","k":"\#(k)"}"#, nil, "key_malformed"),
            (#"{"kid":"a","alg":"HS256","k":"\#(k)="}"#, nil, "key_malformed"),
            (#"{"kid":"a","alg":"HS256","kty":"OKP","k":"\#(k)"}"#, nil, "key_malformed"),
            (#"{"kid":"a","alg":"HS256","k":"AAAA"}"#, nil, "secret_too_short"),
            (#"{"kid":"a","alg":"EdDSA","k":"\#(k)"}"#, nil, "key_malformed"),
            (#"{"kid":"a","alg":"EdDSA","d":"AAAA"}"#, nil, "key_length"),
            (#"{"kid":"a","alg":"EdDSA","d":"\#(k)","x":"\#(k)"}"#, nil, "key_halves_differ"),
            (#"{"kid":"a","alg":"EdDSA","crv":"X25519","d":"\#(k)"}"#, nil, "key_malformed"),
        ]
        for (file, id, code) in files {
            let refusal = refusal { () throws(KeyRefusal) in
                _ = try SigningKey(keyFile: Array(file.utf8), id: id)
            }
            #expect(refusal?.code == code, "\(file): \(String(describing: refusal))")
        }
    }
}
