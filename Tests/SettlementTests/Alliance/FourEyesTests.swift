import Settlement
import Testing

@Suite("Four eyes in the alliance")
struct FourEyesTests {
    private let sample = SampleAlliance.alliance()

    @Test("They are stored only where they are wanted, and read back")
    func document() throws {
        let wanted = sample.with(fourEyes: true)
        let bytes = AllianceDocument.bytes(of: wanted)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""four_eyes":true,"start""#))
        #expect(try AllianceDocument.alliance(from: bytes) == wanted)
        let plain = AllianceDocument.bytes(of: sample)
        #expect(!String(decoding: plain, as: UTF8.self).contains("four_eyes"))
        #expect(try AllianceDocument.alliance(from: plain).fourEyes == false)
    }

    @Test("They may come and go at any time, and the change is told")
    func change() {
        let standing = AllianceChange.Standing(earliestOpen: 3, hasRecords: true)
        let coming = AllianceChange(from: sample, to: sample.with(fourEyes: true), standing: standing)
        #expect(coming.lines == ["+ four_eyes: true"] && coming.refusals.isEmpty)
        let going = AllianceChange(from: sample.with(fourEyes: true), to: sample, standing: standing)
        #expect(going.lines == ["- four_eyes: true"] && going.refusals.isEmpty)
    }
}
