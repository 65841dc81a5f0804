import Testing

@testable import Store

@Suite("The sum at the end of a packed row")
struct RowSumTests {
    private let sum = RowSum(7, 1, 3)

    private func isWhole(_ bytes: [UInt8], _ sum: RowSum) -> Bool {
        bytes.withUnsafeBytes { sum.content(of: $0) != nil }
    }

    @Test("What was written is read back without it, of every length", arguments: 0..<40)
    func roundTrip(count: Int) {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var bytes = content
        sum.append(to: &bytes)
        #expect(bytes.count == count + RowSum.byteCount)
        bytes.withUnsafeBytes { bytes in
            #expect(sum.content(of: bytes).map { [UInt8]($0) } == content)
        }
    }

    @Test(
        "The sum of a row in columns is another for each other number and text, and for others in their places"
    )
    func columns() {
        let sums = [
            RowSum.of([1, 2]), RowSum.of([2, 1]), RowSum.of([1, 2, 0]), RowSum.of([1, 2], [""]),
            RowSum.of([1, 2], ["a"]), RowSum.of([1, 2], ["b"]), RowSum.of([1, 2], ["a", "b"]),
            RowSum.of([1, 2], ["ab", ""]), RowSum.of([.max, .min]), RowSum.of([]),
        ]
        #expect(Set(sums).count == sums.count)
        #expect(RowSum.of([1, 2], ["a"]) == sums[4])
    }

    @Test("Any bit that is turned over, bytes that are missing or too many, and another row's are told")
    func damage() {
        var bytes = (0..<61).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        sum.append(to: &bytes)
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(!isWhole(changed, sum), "bit \(bit) of byte \(place)")
            }
        }
        for count in bytes.indices { #expect(!isWhole(Array(bytes.prefix(count)), sum)) }
        #expect(!isWhole(bytes + [0], sum))
        for other in [RowSum(8, 1, 3), RowSum(7, 2, 3), RowSum(7, 1, 4)] { #expect(!isWhole(bytes, other)) }
        #expect(isWhole(bytes, sum))
    }
}
