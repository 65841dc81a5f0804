import NIOCore

/// A packed body while it comes: unpacked piece by piece, so that no more is ever held than the limit, whatever it
/// would unpack to.
///
/// Of one task at a time.
protocol Unpacking: AnyObject {
    /// What was unpacked so far.
    var bytes: [UInt8] { get }
    /// Bytes that unpacking itself holds by now.
    var overheadBytes: Int { get }

    /// Unpacks the next bytes.
    func append(_ piece: UnsafeRawBufferPointer) throws(UnpackingFault)
    /// All that was unpacked, when there is no more to come.
    func finish() throws(UnpackingFault) -> [UInt8]
}

enum UnpackingFault: Error, Hashable {
    /// It is not what its encoding says, or breaks off.
    case malformed
    /// It unpacks to more than the limit.
    case tooLarge
}

/// How a body may be packed. RFC 9110 §8.4, RFC 9659.
enum ContentEncoding: CaseIterable {
    case identity, gzip, zstd

    /// Nil for an encoding that is not read.
    init?(header: String?) {
        switch header?.lowercased() {
        case nil, "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        default: return nil
        }
    }

    /// Nil: the body is as it is. `limit` is the most bytes that it may unpack to.
    func unpacking(limit: Int) -> (any Unpacking)? {
        switch self {
        case .identity: nil
        case .gzip: GzipBody(limit: limit)
        case .zstd: ZstdBody(limit: limit)
        }
    }
}
