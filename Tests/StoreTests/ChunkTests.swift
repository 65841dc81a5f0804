import Fixtures
import Settlement
import Testing

@testable import Store

@Suite("Packed records")
struct ChunkTests {
    private func text<Kind>(_ random: inout SeededNumbers, _ suffix: String = "") -> Identifier<Kind> {
        let alphabet = Array("abcXYZ019!~#/-_.:".utf8)
        let count = Int.random(in: 1...(64 - suffix.utf8.count), using: &random)
        let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        return Identifier(verified: String(decoding: bytes, as: UTF8.self) + suffix)
    }

    /// Any record that a batch may bear, its id made unlike all others by its number.
    private func record(_ number: Int, _ random: inout SeededNumbers) -> Settlement.Record {
        let type = RecordType.allCases.randomElement(using: &random) ?? .earn
        let points = [1, 127, 128, Points.maximum, Int64.random(in: 1...1_000_000, using: &random)]
        let amounts = [0, 1, Money.maximum, Int64.random(in: 0...10_000_000, using: &random)]
        let hasAmount = (type == .earn || type == .redeem) && Bool.random(using: &random)
        let instants = [
            Instant.earliest, .latest,
            .at("2026-01-05T10:00:00Z").advanced(byMilliseconds: .random(in: 0...10_000_000, using: &random)),
        ]
        return Record(
            id: text(&random, ":\(number)"), type: type, member: text(&random),
            points: Points(points.randomElement(using: &random) ?? 1),
            amount: hasAmount ? amounts.randomElement(using: &random).map { Money($0) } : nil,
            at: instants.randomElement(using: &random) ?? .earliest,
            ref: type.reverses == nil ? nil : text(&random),
            store: Bool.random(using: &random) ? text(&random) : nil,
            expires: type == .opening && Bool.random(using: &random)
                ? LocalDate(dayNumber: .random(in: -500...60_000, using: &random)) : nil,
            campaign: type == .earn && Bool.random(using: &random) ? text(&random) : nil,
            item: type == .redeem && Bool.random(using: &random) ? text(&random) : nil)
    }

    private struct Kept: Hashable {
        let number: Int64
        let merchant: Int64
        let record: Settlement.Record
        let period: Int
        let late: Bool
        let line: Int
    }

    @Test("Any record comes out of the file as it went in, by its number and in its range")
    func roundTrip() throws {
        let scene = try Scene()
        var random = SeededNumbers(seed: 20_260_105)
        var kept: [Kept] = []
        for (batch, count) in [1, 1_023, 1_024, 1_025, 2_500].enumerated() {
            let records = (0..<count).map { record(kept.count + $0, &random) }
            let verified = try scene.verified(
                "b\(batch)", Int64(batch + 1), records, byOperator: true,
                received: .at("2099-12-31T23:59:59Z"))
            var packer = RecordPacker(first: RecordNumber(Int64(kept.count + 1)))
            verified.withRecords { views in
                for position in 0..<views.count where Int.random(in: 0..<20, using: &random) > 0 {
                    let (period, late) = (Int.random(in: 0...3, using: &random), Bool.random(using: &random))
                    packer.add(views[position], period: period, late: late)
                    kept.append(
                        Kept(
                            number: Int64(kept.count + 1), merchant: Int64(batch + 1),
                            record: records[position],
                            period: period, late: late, line: position + 2))
                }
            }
            try scene.store.writing("keep") {
                try RecordChunks($0).append(
                    packer.chunks, batch: Int64(batch + 1), merchant: Int64(batch + 1))
            }
        }
        #expect(kept.count > 4_500)
        let all = Int64(kept.count)
        try scene.store.reading("look") { database in
            #expect(try RecordChunks.lastNumber(database).value == all)
            let chunks = try RecordChunks(database)
            for range in [1..<all + 1, 2..<3, 1_000..<2_100, all..<all + 1, 700..<700, 0..<all + 100] {
                var found: [Kept] = []
                try chunks.forEach(in: range) { found.append(Self.kept($0)) }
                #expect(found == kept.filter { range.contains($0.number) })
            }
            for _ in 0..<500 {
                let number = Int.random(in: 1...kept.count, using: &random)
                let found = try chunks.withRecord(RecordNumber(Int64(number))) { Self.kept($0) }
                #expect(found == kept[number - 1])
            }
        }
    }

    private static func kept(_ stored: StoredView) -> Kept {
        Kept(
            number: stored.number.value, merchant: stored.merchant, record: stored.view.record,
            period: stored.period, late: stored.late, line: stored.view.line)
    }

    @Test("Packed values of every size come back, and nothing is read behind them")
    func values() {
        let powers: [UInt64] = (0..<64).map { 1 << $0 }
        let unsigned = powers + powers.map { $0 - 1 } + [UInt64.max]
        let signed = unsigned.map { Int64(bitPattern: $0) } + powers.map { -Int64(bitPattern: $0 / 2) }
        let texts = ["", "a", String(repeating: "z", count: 255)]
        var bytes: [UInt8] = []
        bytes.appendPacked(atMost: 4_000) { packed in
            unsigned.forEach { packed.write($0) }
            signed.forEach { packed.write(signed: $0) }
            texts.forEach { text in Array(text.utf8).withUnsafeBytes { packed.write($0) } }
            packed.write(byte: 9)
        }
        bytes.withUnsafeBytes { bytes in
            var reader = PackedReader(bytes)
            #expect(unsigned.map { _ in reader.unsigned() } == unsigned)
            #expect(signed.map { _ in reader.signed() } == signed)
            #expect(texts.map { _ in String(decoding: reader.text(), as: UTF8.self) } == texts)
            #expect(!reader.isAtEnd)
            #expect(reader.byte() == 9)
            #expect(reader.isAtEnd)
        }
        var number: [UInt8] = []
        number.appendPacked(atMost: 10) { $0.write(300) }
        #expect(number == [0xAC, 0x02])
    }

    @Test("What is stored fits in a third of what came")
    func size() throws {
        let scene = try Scene()
        var random = SeededNumbers(seed: 7)
        let records = (0..<500).map { number in
            Record(
                id: RecordID(verified: String(random.next() | 1 << 63, radix: 16)), type: .earn,
                member: MemberID(verified: "c\(number % 50)"), points: Points(100), amount: Money(12_345),
                at: .at("2026-01-05T10:00:00Z").advanced(byMilliseconds: Int64(number) * 250))
        }
        try scene.send("b1", 1, records)
        let packed = try #require(try scene.integer("SELECT sum(length(bytes)) FROM record_chunks"))
        let came = try #require(try scene.integer("SELECT sum(length(bytes)) FROM batches"))
        #expect(packed * 3 < came)
    }
}
