import Settlement
import Signing

extension FuzzTarget {
    public static let ndjson = batch(.ndjson, "batches in NDJSON", seeds: Seeds.ndjson)
    public static let csv = batch(.csv, "batches in CSV", seeds: Seeds.csv)

    private static func batch(
        _ form: BatchForm, _ subject: String, seeds: @escaping @Sendable () throws -> [[UInt8]]
    ) -> FuzzTarget {
        let fuzzing = BatchFuzzing(form: form)
        return FuzzTarget(
            name: form.rawValue, subject: subject, longestBytes: 2048, seeds: seeds,
            check: .plain { (input) throws(BrokenPromise) in try fuzzing.check(input) })
    }
}

/// What is taken as a batch says the same however it is written again; what is refused is refused on a line that is
/// there, by all who read batches.
struct BatchFuzzing: Sendable {
    let form: BatchForm
    /// How batches are written again.
    var write: @Sendable (BatchHeader, [Record], BatchForm) -> [UInt8] = {
        BatchWriter.bytes($0, $1, form: $2)
    }

    func check(_ bytes: [UInt8]) throws(BrokenPromise) -> FuzzTarget.Verdict {
        switch Self.read(bytes, form) {
        case .success(let content):
            try checkLines(of: content, bytes)
            try checkRewriting(content)
            try checkConversion(content, bytes)
            try checkVerified(content, bytes)
            if form == .ndjson { try NDJSONFuzzing.check(content, bytes) }
            return .taken
        case .failure(let refusal):
            try checkRefusal(refusal, bytes)
            return .refused(refusal.code.rawValue)
        }
    }

    static func read(_ bytes: [UInt8], _ form: BatchForm) -> Result<BatchContent, BatchRefusal> {
        do throws(BatchRefusal) { return .success(try BatchContent(parsing: bytes, form: form)) } catch {
            return .failure(error)
        }
    }

    /// A refusal names a line that is there, and the scanner, the conversion and the check before sending say the same.
    private func checkRefusal(_ refusal: BatchRefusal, _ bytes: [UInt8]) throws(BrokenPromise) {
        try promise(refusal.code == .malformed, "what cannot be read is malformed")
        try promise(!refusal.reason.isEmpty, "a refusal has a reason")
        guard let line = refusal.line else { throw BrokenPromise("a malformed batch has a line") }
        try promise((1...lines(of: bytes)).contains(line), "line \(line) of a refusal is one of the batch's")
        try promise(measured(bytes) == .failure(refusal), "the scanner alone refuses the same")
        var emitted = 0
        let converted = Self.refusal { () throws(BatchRefusal) in
            try conversion.run(bytes) { emitted += $0.count }
        }
        try promise(converted == refusal && emitted == 0, "what is malformed is not converted")
        let check = BatchCheck(bytes, form: form, limit: Self.limit, setting: Self.setting)
        let first = check.findings.first { $0.code == BatchRefusalCode.malformed.rawValue }
        try promise(
            !check.isGood && first?.line == line && first?.reason == refusal.reason,
            "the check before sending finds the same first")
    }

    private func checkLines(of content: BatchContent, _ bytes: [UInt8]) throws(BrokenPromise) {
        var last = 1
        for item in content.records {
            try promise(item.line > last && item.line <= lines(of: bytes), "records stand on ascending lines")
            last = item.line
        }
        let points = content.records.reduce(0) { $0 + $1.record.points.count }
        try promise(
            measured(bytes) == .success(Measure(records: content.records.count, points: points)),
            "the scanner alone counts the same")
    }

    /// Written in either form, it reads as the same; and what we wrote we write again byte for byte.
    private func checkRewriting(_ content: BatchContent) throws(BrokenPromise) {
        let records = content.records.map(\.record)
        for form in BatchForm.allCases {
            let written = write(content.header, records, form)
            guard case .success(let again) = Self.read(written, form) else {
                throw BrokenPromise("what is written as \(form) can be read")
            }
            try promise(again.header == content.header, "written as \(form) the header says the same")
            try promise(again.records.map(\.record) == records, "written as \(form) the records say the same")
            try promise(
                write(again.header, again.records.map(\.record), form) == written,
                "what we wrote as \(form) we write again byte for byte")
        }
    }

    private func checkConversion(_ content: BatchContent, _ bytes: [UInt8]) throws(BrokenPromise) {
        var converted: [UInt8] = []
        let refusal = Self.refusal { () throws(BatchRefusal) in
            try conversion.run(bytes) { converted += $0 }
        }
        try promise(
            refusal == nil
                && converted == write(content.header, content.records.map(\.record), conversion.to),
            "the conversion writes what the writer writes")
    }

    /// Signed, it is verified as what it was read as, or refused for what it says, not for how it is written.
    private func checkVerified(_ content: BatchContent, _ bytes: [UInt8]) throws(BrokenPromise) {
        var isSame = true
        let code = Self.refusal { () throws(BatchRefusal) in
            let authentic = try AuthenticBatch(
                bytes: bytes, form: form, signature: Sample.operatorKey.sign(bytes), limit: Self.limit,
                received: Sample.received, keys: Sample.key)
            let batch = try VerifiedBatch(authentic, schedule: Sample.schedule, received: Sample.received)
            isSame = batch.records == content.records && batch.header == content.header
        }?.code
        try promise(isSame, "a verified batch says what its bytes say")
        let possible: [BatchRefusalCode?] = [nil, .merchantUnknown, .countMismatch, .totalsMismatch]
        try promise(possible.contains(code), "what can be read is not refused as \(code?.rawValue ?? "")")
        let check = BatchCheck(bytes, form: form, limit: Self.limit, setting: Self.setting)
        try promise(
            code == nil || check.findings.contains { $0.code == code?.rawValue },
            "the check before sending finds what the door refuses")
    }

    private static let limit = 1 << 20
    private static let setting = BatchCheck.Setting(
        schedule: Sample.schedule, received: Sample.received, signer: .operator)

    private var conversion: BatchConversion {
        BatchConversion(from: form, to: form == .csv ? .ndjson : .csv)
    }

    private struct Measure: Hashable {
        let records: Int
        let points: Int64
    }

    private func measured(_ bytes: [UInt8]) -> Result<Measure, BatchRefusal> {
        do throws(BatchRefusal) {
            let (records, points) = try BatchContent.measure(bytes, form: form)
            return .success(Measure(records: records, points: points))
        } catch {
            return .failure(error)
        }
    }

    private func lines(of bytes: [UInt8]) -> Int { bytes.count { $0 == UInt8(ascii: "\n") } + 1 }

    private static func refusal(_ body: () throws(BatchRefusal) -> Void) -> BatchRefusal? {
        do throws(BatchRefusal) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
