import CZlib
import HTTPTypes
import Settlement

/// A request as an input of the fuzzer writes it: `METHOD PATH`, header fields a line each, an empty line, the body.
///
/// Lines that begin with a colon say what chance would never find: `:sign KEY` signs the body with the key of that
/// id, `:pack` packs it, `:length` announces its length.
struct FuzzedRequest {
    let head: HTTPRequest
    /// As it is sent.
    let body: [UInt8]
    /// Before it was packed.
    let plainBody: [UInt8]

    /// Nil for what is no request at all: no server would hand it on.
    init?(_ input: [UInt8], sign: (_ keyID: String, [UInt8]) -> String?) {
        let end = input.indices.first { input[$0...].starts(with: Array("\n\n".utf8)) } ?? input.endIndex
        plainBody = Array(input.dropFirst(end + 2))
        let lines = String(decoding: input[..<end], as: UTF8.self).split(separator: "\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let method = HTTPRequest.Method(words[0]) else { return nil }
        let asked = Set(lines.filter { $0.hasPrefix(":") })
        body = asked.contains(":pack") ? Gzip.pack(plainBody) : plainBody
        var fields = HTTPFields()
        for line in lines.dropFirst() where !line.hasPrefix(":") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { return nil }
            fields.append(HTTPField(name: name, value: parts[1].drop { $0 == " " }.description))
        }
        for line in asked where line.hasPrefix(":sign ") {
            fields[Self.signature] = sign(String(line.dropFirst(":sign ".count)), plainBody)
        }
        if asked.contains(":pack") { fields[.contentEncoding] = "gzip" }
        if asked.contains(":length") { fields[.contentLength] = "\(body.count)" }
        head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: words[1], headerFields: fields)
    }

    private init(head: HTTPRequest, body: [UInt8], plainBody: [UInt8]) {
        (self.head, self.body, self.plainBody) = (head, body, plainBody)
    }

    /// The same with its body packed; nil if the head says how the body is, or how long.
    var packed: FuzzedRequest? {
        let fields = head.headerFields
        guard fields[.contentEncoding] == nil, fields[.contentLength] == nil else { return nil }
        var head = head
        head.headerFields[.contentEncoding] = "gzip"
        return FuzzedRequest(head: head, body: Gzip.pack(body), plainBody: body)
    }

    private static let signature: HTTPField.Name = {
        guard let name = HTTPField.Name("Settled-Signature") else {
            preconditionFailure("Settled-Signature is a token of RFC 9110")
        }
        return name
    }()
}

/// Packs bytes as one member of gzip.
enum Gzip {
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let begun = deflateInit2_(
            &stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(begun == Z_OK, "zlib has memory for a stream")
        defer { deflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 8 + 1024) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "what is packed has room")
            }
            count = output.count - Int(stream.avail_out)
        }
    }
}
