import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Batches of the operator")
struct OperatorTests {
    private func opening(_ estate: Estate, _ id: String = "O-1", sequence: Int64 = 1) throws -> (
        path: String, bytes: [UInt8]
    ) {
        let record = Record(
            id: RecordID(verified: id), type: .opening, member: MemberID(verified: "ana"), points: Points(5),
            at: instant("2026-01-10T10:00:00Z"))
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: id), sequence: sequence,
            for: [record])
        let bytes = BatchWriter.bytes(header, [record], form: .csv)
        let path = estate.scratch.file(id + ".csv")
        try WholeFile.write(bytes, to: path)
        return (path, bytes)
    }

    @Test("One is stored under the operator's latest active key, and the same again gets its first receipt")
    func submit() throws {
        let estate = try Estate()
        let file = try opening(estate)
        let first = try OperatorSubmission(file: file.path, in: estate.open, now: Estate.received)
        #expect(!first.isCopy && first.receipt.signer == .operator && first.keyID == "operator/1")
        #expect(first.lines.contains { $0.contains("is stored") })
        let keys = try DocumentKeys(keyFile: nil, jwks: nil, folder: estate.open.folder)
        #expect(try DocumentCheck(file: first.file.path, keys: keys).isGood)
        let again = try OperatorSubmission(file: file.path, in: estate.open, now: Estate.received)
        #expect(again.isCopy && again.receipt == first.receipt)

        let register = KeyRegister(estate.open)
        _ = try register.addDerived(for: nil, now: Estate.founded)
        let second = try opening(estate, "O-2", sequence: 2)
        #expect(
            try OperatorSubmission(file: second.path, in: estate.open, now: Estate.received).keyID
                == "operator/2")
        for key in ["operator/1", "operator/2"] {
            try register.revoke(key, from: Estate.founded, now: Estate.founded)
        }
        let failure = #expect(throws: Failure.self) {
            try OperatorSubmission(file: second.path, in: estate.open, now: Estate.received)
        }
        #expect(failure?.kind == .refused)
    }

    @Test("One of more records than are taken is refused, and stored where more are allowed")
    func manyRecords() throws {
        let estate = try Estate()
        let at = instant("2026-01-10T10:00:00Z")
        let records = (0..<20).map { number in
            Record(
                id: RecordID(verified: "O-\(number)"), type: .opening,
                member: MemberID(verified: "m-\(number)"), points: Points(5), at: at)
        }
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "O"), sequence: 1, for: records)
        let path = estate.scratch.file("O.csv")
        try WholeFile.write(BatchWriter.bytes(header, records, form: .csv), to: path)
        func submit(_ most: Int) throws -> OperatorSubmission {
            try OperatorSubmission(file: path, in: estate.open, limitRecords: most, now: Estate.received)
        }
        let refusal = #expect(throws: BatchRefusal.self) { try submit(19) }
        #expect(refusal?.code == .tooLarge && refusal?.expected == "at most 19 records")
        #expect(try submit(20).receipt.counts.records == 20)
    }

    @Test(
        "No merchant's key reaches it: not by its own id, nor by the operator's, nor in the operator's folder"
    )
    func unreachable() throws {
        let estate = try Estate()
        let bytes = try opening(estate).bytes
        func refusal(_ signature: String, _ owner: SpoolOwner? = nil) -> BatchRefusalCode? {
            let refusal = #expect(throws: BatchRefusal.self) {
                try estate.intake.take(
                    bytes, form: .csv, signature: signature, received: Estate.received, of: owner)
            }
            return refusal?.code
        }
        let (mine, theirs) = (estate.merchantKey, estate.open.master.operatorKey(version: 1))
        #expect(refusal(mine.sign(bytes)) == .operatorOnly)
        #expect(refusal(mine.sign(bytes), .operator) == .merchantMismatch)
        // The operator's header with a tag that the merchant's key made.
        let forged =
            theirs.sign(bytes).prefix { $0 != "." } + ".."
            + (mine.sign(bytes).split(separator: ".").last ?? "")
        #expect(refusal(String(forged)) == .signatureInvalid)
        #expect(refusal(String(forged), .operator) == .signatureInvalid)
        #expect(try estate.open.store.batches(of: MerchantID(verified: "M")).isEmpty)
    }
}
