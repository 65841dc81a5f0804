import Signing
import Testing

struct SignatureHeaderTests {
    let secret = SecretBytes([UInt8](repeating: 9, count: 32))
    let payload = Array("{\"a\":1}\n".utf8)

    @Test(
        "The header's four members are taken in any order, spacing and escaping",
        arguments: [
            #"{"alg":"HS256","kid":"batch/M001/1","b64":false,"crit":["b64"]}"#,
            #"{"crit":["b64"],"b64":false,"kid":"batch/M001/1","alg":"HS256"}"#,
            "\r\n{ \"alg\" :\t\"HS256\" , \"kid\":\"batch/M001/1\",\"b64\": false,\"crit\": [ \"b64\" ] } ",
            #"{"\u0061lg":"HS256","kid":"batch\/M\u0030\u00301\/1","b64":false,"crit":["b64"]}"#,
        ])
    func headersTaken(_ json: String) throws {
        let encoded = Base64URL.text(Array(json.utf8))
        let tag = HMACSHA256.tag(key: secret, message: Array((encoded + ".").utf8) + payload)
        let jws = try DetachedJWS(parsing: "\(encoded)..\(Base64URL.text(tag))")
        #expect(jws.header == SignatureHeader(algorithm: .hs256, keyID: "batch/M001/1"))
        try jws.verify(payload: payload, key: .hs256(id: "batch/M001/1", secret: secret))
    }

    @Test(
        "Every other header is refused as malformed",
        arguments: [
            "", "{}", "[]", "null", "\"HS256\"", "{", "\u{FEFF}{}",
            #"{"alg":"none","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"hs256","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS512","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"ES256","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"Ed25519","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":["HS256"],"kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false}"#,
            #"{"alg":"HS256","kid":"k","b64":true,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":"false","crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":0,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":null,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":[]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":"b64"}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64","b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64","exp"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["exp"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],"typ":"JOSE"}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],"exp":1e+2}"#,
            #"{"alg":"HS256","alg":"HS256","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","\u0061lg":"HS256","kid":"k","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":7,"b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a,b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\"b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\\b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\u0000b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\u00e4b","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"käse","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\xb","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"a\u00g0","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64",]}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"]} x"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"]}{}"#,
            #"{"alg":"HS256","kid":"k","b64":false,"crit":[[[[[[[[[[[["b64"]]]]]]]]]]]]}"#,
            #"{'alg':'HS256','kid':'k','b64':false,'crit':['b64']}"#,
            #"{"alg":"HS256","kid":"k","b64":False,"crit":["b64"]}"#,
        ])
    func headersRefused(_ json: String) {
        let text = "\(Base64URL.text(Array(json.utf8)))..\(String(repeating: "A", count: 43))"
        #expect(code(parsing: text) == "signature_malformed")
    }

    @Test("A key id of 80 characters is taken, one of 81 is refused")
    func longestKeyID() throws {
        for (length, expected) in [(80, nil), (81, "signature_malformed")] {
            let id = String(repeating: "k", count: length)
            let json = "{\"alg\":\"HS256\",\"kid\":\"\(id)\",\"b64\":false,\"crit\":[\"b64\"]}"
            #expect(code(parsing: "\(Base64URL.text(Array(json.utf8)))..AAAA") == expected)
        }
    }

    @Test("A header or a signature beyond its bound is refused before it is read")
    func bounds() {
        let good = #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"]}"#
        let padded = good + String(repeating: " ", count: 1024 - good.utf8.count)
        #expect(code(parsing: "\(Base64URL.text(Array(padded.utf8)))..AAAA") == nil)
        #expect(code(parsing: "\(Base64URL.text(Array((padded + " ").utf8)))..AAAA") == "signature_malformed")
        let text = "\(Base64URL.text(Array(good.utf8)))..\(String(repeating: "A", count: 4096))"
        #expect(code(parsing: text) == "signature_malformed")
    }

    private func code(parsing text: String) -> String? {
        refusal { () throws(SignatureRefusal) in _ = try DetachedJWS(parsing: text) }?.code
    }
}
