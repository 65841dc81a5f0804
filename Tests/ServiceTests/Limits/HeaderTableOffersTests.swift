import NIOCore
import Testing

@testable import Service

@Suite("What a peer of HTTP/2 offers for the heads of its answers")
struct HeaderTableOffersTests {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private func frame(_ type: UInt8, flags: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0.dropFirst()) }
        return length + [type, flags, 0, 0, 0, 0] + payload
    }

    private func setting(_ name: UInt16, _ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: name.bigEndian) { Array($0) } + withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// What comes through, cut into pieces of so many bytes.
    private func passed(_ bytes: [UInt8], by size: Int) -> [UInt8] {
        var offers = HeaderTableOffers()
        return stride(from: 0, to: bytes.count, by: size).flatMap { start in
            let piece = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
            return offers.pass(piece).flatMap { Array($0.readableBytesView) }
        }
    }

    /// A connection's beginning, which offers this at first and later on.
    private func connection(_ value: UInt32) -> [UInt8] {
        let offer = setting(1, value)
        return Self.preface + frame(4, setting(4, 1 << 20) + offer + setting(3, 1 << 30))
            + frame(4, flags: 1, []) + frame(1, flags: 5, Array(repeating: 1, count: 300)) + frame(0, offer)
            + frame(4, offer + [0, 1, 0xFF]) + frame(8, [0, 0, 1, 0])
    }

    @Test("More than what the protocol begins with is lowered to that, however it is cut; all else stays")
    func lowered() {
        for value in [4097, 65_536, UInt32.max] {
            let expected = connection(4096)
            let data = frame(0, setting(1, value))
            for size in [1, 2, 3, 5, 7, 9, 30, 1000] {
                // What stands in a body is no setting.
                let found = passed(connection(value), by: size)
                #expect(found.count == expected.count)
                #expect(found.contains(data) && !found.contains(frame(0, setting(1, 4096))))
                let others = zip(found, expected).filter { $0 != $1 }.count
                let inBody = zip(data, frame(0, setting(1, 4096))).filter { $0 != $1 }.count
                #expect(others == inBody, "\(value) in pieces of \(size)")
            }
        }
    }

    @Test("Each piece that is passed on brings the head of one request at most")
    func pieces() {
        var offers = HeaderTableOffers()
        let head = frame(1, flags: 5, [0x82, 0x84, 0x87])
        let pieces = offers.pass(ByteBuffer(bytes: Self.preface + frame(4, []) + head + frame(0, [1]) + head))
        #expect(
            pieces.map { Array($0.readableBytesView) }
                == [Self.preface + frame(4, []), head + frame(0, [1]), head])
    }

    @Test("What is not more stays as it is, and so does what is not HTTP/2", arguments: [1, 3, 1000])
    func untouched(size: Int) {
        for value: UInt32 in [0, 100, 4096] {
            #expect(passed(connection(value), by: size) == connection(value))
        }
        let plain = Array("PRI / HTTP/1.1\r\nHost: x\r\n\r\n".utf8) + frame(4, setting(1, .max))
        #expect(passed(plain, by: size) == plain)
    }
}

extension [UInt8] {
    fileprivate func contains(_ other: [UInt8]) -> Bool { firstRange(of: other) != nil }
}
