import Foundation
import Service
import Settlement
import Signing
import Testing

@Suite("Checking and converting a file")
struct FileCheckTests {
    private func check(
        _ estate: Estate, _ path: String, key: SigningKey? = nil, isOperator: Bool = false,
        limitRecords: Int = Intake.standardRecords
    ) throws -> FileCheck {
        try FileCheck(
            path, alliance: AllianceFile.parse(text: Estate.alliance, fileName: "alliance.yaml"), key: key,
            isOperator: isOperator, limitBytes: 1 << 20, limitRecords: limitRecords, now: Estate.received)
    }

    @Test(
        "More records than the daemon takes are found, as the daemon finds them",
        arguments: BatchForm.allCases)
    func tooMany(form: BatchForm) throws {
        let estate = try Estate()
        let path = estate.scratch.file("b.\(form == .csv ? "csv" : "ndjson")")
        let bytes = Estate.batch(records: 20, form: form)
        try WholeFile.write(bytes, to: path)
        #expect(try check(estate, path, limitRecords: 20).isGood)
        let found = try check(estate, path, limitRecords: 10).findings
        #expect(found.map(\.code) == ["too_large"])
        let door = estate.open.intake(limitBytes: 1 << 20, limitRecords: 10)
        let refusal = try #require(throws: BatchRefusal.self) {
            _ = try door.take(
                bytes, form: form, signature: estate.merchantKey.sign(bytes), received: Estate.received)
        }
        #expect(refusal.code == .tooLarge && refusal.reason == found.first?.reason)
    }

    @Test("What a check finds nothing in, the daemon takes whole; findings are told by line, and in JSON")
    func agreement() throws {
        let estate = try Estate()
        let path = estate.scratch.file("b.ndjson")
        try WholeFile.write(Estate.batch(), to: path)
        let good = try check(estate, path)
        #expect(good.isGood && good.lines == ["batch B-1 of M, sequence 1, 2 records: nothing to refuse"])
        guard case .stored(_, let receipt) = try estate.take(Estate.batch()) else { return }
        #expect(receipt.counts.refused == 0)

        try WholeFile.write(Estate.batch("B-2", at: "2026-03-10T10:00:00Z"), to: path)
        let bad = try check(estate, path)
        #expect(bad.lines.last?.hasSuffix("the daemon would refuse 2 of these") == true)
        #expect(!bad.isGood && bad.lines.first?.hasPrefix("\(path):2: in_future (B-2-0): ") == true)
        let json = try members(Array(bad.json.utf8))
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(json["good"] as? Bool == false && findings.count == 2)
        #expect(findings[1]["line"] as? Int == 3 && findings[1]["code"] as? String == "in_future")
    }

    @Test(
        "A signature beside the file is checked with the key, and the key's merchant held against the header")
    func signatures() throws {
        let estate = try Estate()
        let path = estate.scratch.file("b.ndjson")
        try WholeFile.write(Estate.batch(), to: path)
        try SignedFile(path, key: estate.merchantKey).write()
        #expect(try check(estate, path, key: estate.merchantKey).isGood)
        let other = estate.open.master.batchKey(merchant: "N", version: 1)
        #expect(
            try check(estate, path, key: other).findings.map(\.code) == ["key_unknown", "merchant_mismatch"])
        try WholeFile.write(Estate.batch("B-2"), to: path)
        #expect(
            try check(estate, path, key: estate.merchantKey).findings.map(\.code) == ["signature_invalid"])
        try WholeFile.write(Array("x.y.z".utf8), to: path + ".jws")
        #expect(try check(estate, path).findings.map(\.code) == ["signature_malformed"])
    }

    @Test("A converted file is whole or not there, takes no other's place, and has the same records")
    func conversion() throws {
        let estate = try Estate()
        let (path, out) = (estate.scratch.file("b.ndjson"), estate.scratch.file("b.csv"))
        try WholeFile.write(Estate.batch(), to: path)
        try FileConversion(path).write(to: out)
        #expect(try WholeFile.read(out) == Estate.batch(form: .csv))
        #expect(throws: Failure.self) { try FileConversion(path).write(to: out) }
        let back = estate.scratch.file("back.ndjson")
        try FileConversion(out, to: .ndjson).write(to: back)
        #expect(try WholeFile.read(back) == Estate.batch())
        try WholeFile.write(Estate.batch() + [0x7b], to: path)
        let failure = #expect(throws: Failure.self) {
            try FileConversion(path).write(to: estate.scratch.file("no.csv"))
        }
        #expect(failure?.kind == .refused)
        #expect(!estate.scratch.names.contains { $0.hasPrefix("no.csv") })
    }
}
