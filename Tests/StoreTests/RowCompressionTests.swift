import Testing

@testable import Store

@Suite("Compressed rows")
struct RowCompressionTests {
    private func there(_ plain: [UInt8]) -> [UInt8] { RowCompression.compress(plain) }

    private func andBack(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { RowCompression.decompress($0) }
    }

    @Test("Bytes come back as they were, whatever they repeat and however long they are")
    func roundTrip() {
        var random = SeededNumbers(state: 2)
        for length in Array(0..<40) + [255, 256, 4_095, 65_536, 200_000] {
            for letters in [1, 2, 3, 20, 256] {
                let plain = (0..<length).map { _ in UInt8(Int.random(in: 0..<letters, using: &random)) }
                let bytes = there(plain)
                #expect(andBack(bytes) == plain)
                #expect(bytes.count <= length + 12)
            }
        }
    }

    @Test("What repeats is found near and far, up to the end, and not farther back than can be told")
    func distances() {
        var random = SeededNumbers(state: 4)
        for distance in [1, 2, 5, 6, 7, 8, 9, 100, 0xFFFE, 0xFFFF, 0x10000, 0x10001, 150_000] {
            let stem = (0..<distance).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            for more in [1, 5, 6, 7, 8, 15, 16, 17, 300] {
                let plain = (0..<distance + more).map { stem[$0 % distance] }
                #expect(andBack(there(plain)) == plain)
            }
        }
    }

    @Test("Pieces of random rows come back, and take a third at most")
    func rows() {
        var random = SeededNumbers(state: 6)
        for _ in 0..<20 {
            var text = ""
            for _ in 0..<Int.random(in: 300...400, using: &random) {
                let id = String(random.next(), radix: 16)
                let member = Int.random(in: 0..<1_000_000, using: &random)
                let at = "2026-01-0\(member % 9 + 1)T1\(member % 10):00:00.000+01:00"
                text += "record,M1,\(id),earn,c\(member),\(at),\(at),settled,,,M1,,,,,,,,,\(member % 300),\n"
                text +=
                    "movement,M1,\(id),earn,c\(member),\(at),\(at),issued,,,M1,,M1/\(id),issue,,0.010000,,,"
                text += "2025-01-01,\(member % 300),-\(member % 300).000000000000\n"
            }
            let plain = Array(text.utf8)
            let bytes = there(plain)
            #expect(andBack(bytes) == plain)
            #expect(bytes.count * 3 < plain.count)
        }
    }
}
