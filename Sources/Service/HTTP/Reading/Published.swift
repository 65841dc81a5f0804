import NIOCore
import Settlement
import Signing

/// Documents that are embedded in the binary, for anybody to read.
enum Published {
    /// The OpenAPI document of all routes.
    static let description = Representation.embedded(PackageResources.openapi_yaml, type: "application/yaml")
    /// The manual, to whose table of codes problems link.
    static let manual = Representation.embedded(
        PackageResources.README_md, type: "text/markdown; charset=utf-8")
}

extension Representation {
    fileprivate static func embedded(_ bytes: [UInt8], type: String) -> Representation {
        .published(ByteBuffer(bytes: bytes), type: type, digest: SHA256Digest(of: bytes))
    }
}
