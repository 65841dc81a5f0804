import Fixtures
import Foundation
import Signing

/// The files of public test vectors, read from the reference data.
enum PublicVectors {
    static let folder = "data/vectors"

    static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(SharedFolder.bytes("\(folder)/\(path)")))
    }
}

/// A file of the Wycheproof project: groups of tests that share what `Group` says.
struct Wycheproof<Group: Decodable>: Decodable {
    let numberOfTests: Int
    let testGroups: [Group]
}

/// A string of hex digits in JSON.
struct HexBytes: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = Hexadecimal.bytes(try container.decode(String.self).utf8) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal")
        }
        self.bytes = bytes
    }
}

/// A key of a JOSE vector; members that no test needs are passed over.
struct VectorJWK: Decodable {
    let kty: String
    let alg: String?
    let kid: String?
    let crv: String?
    let k: String?
    let x: String?
    let d: String?
}
