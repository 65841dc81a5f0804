import NIOCore

/// A packed body while it comes: unpacked step by step, so that room can be asked for before each, whatever it would
/// unpack to.
///
/// Of one task at a time.
protocol Unpacking: AnyObject {
    /// Bytes that unpacking itself holds by now.
    var overheadBytes: Int { get }

    /// Unpacks some of the bytes, which are taken from `packed`: so many as fit `room`. Gives how many bytes came of
    /// it; 0: there is nothing more without more to read.
    func step(_ packed: inout ByteBuffer, into room: UnsafeMutableRawBufferPointer) throws(UnpackingFault)
        -> Int
    /// Throws `unfinished` if what came until the end is not whole.
    func finish() throws(UnpackingFault)
}

enum UnpackingFault: Error, Hashable {
    /// It is not what its encoding says.
    case malformed
    /// It wants more memory for what came before than is given.
    case window
    /// It is not at its end.
    case unfinished
}

/// How a body may be packed. RFC 9110 §8.4, RFC 9659.
enum ContentEncoding: String, CaseIterable {
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

    /// Nil: the body is as it is.
    var unpacking: (any Unpacking)? {
        switch self {
        case .identity: nil
        case .gzip: GzipBody()
        case .zstd: ZstdBody()
        }
    }
}
