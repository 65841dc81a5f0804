import Fixtures
import Foundation
import Settlement
import Signing

extension Seeds {
    static func signatures() throws -> [[UInt8]] {
        let made = headers.map { Base64URL.text(Array($0.utf8)) + ".." + Base64URL.text(tag) }
        let tokens = claims.map { claims in
            Base64URL.text(Array(#"{"alg":"HS256","kid":"k","typ":"JWT"}"#.utf8)) + "."
                + Base64URL.text(Array(claims.utf8)) + "." + Base64URL.text(tag)
        }
        return try (made + tokens + published()).map { Array($0.utf8) }
            .filter { $0.count <= FuzzTarget.signature.longestBytes }
    }

    private static let tag = [UInt8](repeating: 0xA5, count: 32)

    /// Ours, and what a header of ours must not be.
    static let headers = [
        #"{"alg":"HS256","kid":"batch/M/1","b64":false,"crit":["b64"]}"#,
        #"{"alg":"EdDSA","kid":"batch/M/1","b64":false,"crit":["b64"]}"#,
        #" { "crit" : [ "b64" ] , "b64" : false , "kid" : "k" , "alg" : "EdDSA" } "#,
        #"{"\u0061lg":"HS\u003256","kid":"a\/b","b64":false,"crit":["b64"]}"#,
        #"{"alg":"HS256","kid":"k","b64":true,"crit":["b64"]}"#,
        #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64","exp"],"exp":1}"#,
        #"{"alg":"HS256","alg":"none","kid":"k","b64":false,"crit":["b64"]}"#,
        #"{"alg":"none","kid":"k","b64":false,"crit":["b64"]}"#,
        #"{"alg":"HS256","kid":"k","b64":false,"crit":["b64"],"typ":"JOSE","n":[1,-2.5e+3,null,{"a":[]}]}"#,
        #"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        #"{"alg":"HS256","kid":"k","b64":false}"#,
    ]

    private static let claims = [
        #"{"aud":"quayside","iat":1768474800,"exp":1768475000,"jti":"a"}"#,
        #"{"aud":["quayside"],"iat":1768474800,"nbf":1768474800,"exp":1768475100,"jti":"a","iss":"M","sub":"M"}"#,
        #"{"aud":"other","iat":1768474800.5,"exp":1e9,"jti":""}"#,
        #"{"aud":"quayside","iat":0,"exp":9223372036854775807,"jti":"\u00e9"}"#,
    ]

    /// Every JWS of the reference data, in whatever form.
    private static func published() throws -> [String] {
        guard SharedFolder.isWanted else { return [] }
        let folder = "data/vectors/rfc-jws"
        let files = try SharedFolder.names(in: folder).filter { $0.hasSuffix(".json") }.map {
            "\(folder)/\($0)"
        }
        return try (files + ["data/vectors/wycheproof/json_web_signature_test.json"]).flatMap { file in
            strings(try JSONValue(parsing: SharedFolder.bytes(file)), isJWS: false)
        }
    }

    /// The strings below members that hold a JWS.
    private static func strings(_ value: JSONValue, isJWS: Bool) -> [String] {
        switch value {
        case .string(let text): isJWS ? [text] : []
        case .array(let values): values.flatMap { strings($0, isJWS: isJWS) }
        case .object(let members):
            members.flatMap { strings($0.value, isJWS: isJWS || names.contains($0.name)) }
        case .null, .boolean, .number: []
        }
    }

    private static let names: Set = ["jws", "compact", "detached_unencoded", "general_json"]
}
