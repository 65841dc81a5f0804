import Hummingbird
import Service
import Settlement
import Testing

@Suite("Problem details")
struct ProblemTests {
    private static let statuses: [BatchRefusalCode: Int] = [
        .tooLarge: 413, .signatureMalformed: 401, .keyUnknown: 401, .keyRevoked: 401, .signatureInvalid: 401,
        .merchantSuspended: 403, .malformed: 400, .merchantUnknown: 422, .merchantMismatch: 403,
        .operatorOnly: 403, .countMismatch: 422, .totalsMismatch: 422, .batchReused: 409,
        .sequenceReused: 409,
        .recordsRefused: 422,
    ]

    @Test("Every refusal of a batch has a status and says its code", arguments: BatchRefusalCode.allCases)
    func codes(code: BatchRefusalCode) throws {
        let problem = Problem(
            BatchRefusal(code, line: 7, field: "points", reason: "it is \"wrong\"", expected: "1", found: "2")
        )
        #expect(problem.status.code == Self.statuses[code])
        let json = try members(problem.bytes)
        #expect(json["type"] as? String == "/README.md#\(code.rawValue)")
        #expect(json["code"] as? String == code.rawValue)
        #expect(json["status"] as? Int == Self.statuses[code])
        #expect((json["title"] as? String)?.isEmpty == false)
        #expect(json["detail"] as? String == "it is \"wrong\"")
        #expect(json["line"] as? Int == 7)
        #expect(json["field"] as? String == "points")
        #expect(json["expected"] as? String == "1" && json["found"] as? String == "2")
        #expect(json["records"] == nil)
    }

    @Test("No two codes share a title")
    func titles() {
        let titles = BatchRefusalCode.allCases.map { Problem(BatchRefusal($0, reason: "")).title }
        #expect(Set(titles).count == BatchRefusalCode.allCases.count)
    }

    @Test("What cannot be named is left out, and all refused records are listed")
    func recordsListed() throws {
        let records = (1...300).map { number in
            RefusedRecord(line: number, id: RecordID(verified: "T-\(number)"), code: .inFuture)
        }
        let problem = Problem(
            BatchRefusal(.recordsRefused, reason: "strict", records: RefusedRecords(records)))
        let json = try members(problem.bytes)
        #expect(json["line"] == nil && json["field"] == nil)
        let listed = try #require(json["records"] as? [[String: Any]])
        #expect(listed.count == 300)
        #expect(listed[0]["line"] as? Int == 1)
        #expect(listed[0]["id"] as? String == "T-1")
        #expect(listed[0]["code"] as? String == "in_future")
    }
}
