import Foundation

/// An HTTP answer as it came over the wire.
struct Reply: Sendable {
    let status: Int
    /// By name in small letters.
    let headers: [String: String]
    let body: [UInt8]

    /// Nil as long as it is not whole.
    init?(_ bytes: [UInt8]) {
        let text = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: text) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        self.headers = headers
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end + 4 + length else { return nil }
        body = Array(bytes[(end + 4)..<(end + 4 + length)])
    }

    /// The `code` of problem details.
    var code: String? { (try? members(body))?["code"] as? String }
}
