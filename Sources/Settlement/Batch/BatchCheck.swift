/// Everything about a batch that can be found out before it is sent, with nothing but the bytes and the alliance
/// at hand: all findings, not the first. Whether the daemon has a batch id, a sequence number, a record's id or a
/// reversed record already, only the daemon knows. Rulebook §3.
public struct BatchCheck: Sendable {
    /// Something that the daemon would refuse, or in the case of a duplicate pass over.
    public struct Finding: Hashable, Sendable {
        /// 1-based line of the batch's bytes; nil: the batch as a whole.
        public let line: Int?
        public let field: String?
        /// The record's.
        public let id: RecordID?
        /// A code of the rulebook, or `duplicate`.
        public let code: String
        public let reason: String
        /// False: it is worth knowing, and refused nowhere.
        public let isRefused: Bool

        public init(
            _ code: String, line: Int? = nil, field: String? = nil, id: RecordID? = nil, reason: String,
            isRefused: Bool = true
        ) {
            self.line = line
            self.field = field
            self.id = id
            self.code = code
            self.reason = reason
            self.isRefused = isRefused
        }
    }

    /// What the batch is judged against.
    public struct Setting: Sendable {
        public let schedule: Schedule
        /// As if it were received then.
        public let received: Instant
        /// Whose key will sign it; nil: the header's merchant.
        public let signer: Owner?

        public enum Owner: Hashable, Sendable {
            case merchant(MerchantID)
            case `operator`
        }

        public init(schedule: Schedule, received: Instant, signer: Owner? = nil) {
            self.schedule = schedule
            self.received = received
            self.signer = signer
        }
    }

    /// Nil: the header cannot be read.
    public private(set) var header: BatchHeader?
    /// By line; of the batch as a whole first.
    public private(set) var findings: [Finding] = []
    /// Lines that are not well formed are looked for one by one, up to this many.
    public static let mostMalformed = 100

    /// Whether the daemon would take the batch and every record.
    public var isGood: Bool { !findings.contains(where: \.isRefused) }

    /// `limit` is the most bytes that the daemon takes, `mostRecords` the most records.
    public init(
        _ bytes: [UInt8], form: BatchForm, limit: Int, mostRecords: Int = .max, setting: Setting
    ) {
        do throws(BatchRefusal) {
            try AuthenticBatch.checkSize(of: bytes, limit: limit, mostRecords: mostRecords)
        } catch {
            add(error.code, reason: error.reason)
        }
        guard let content = readable(bytes, form) else { return }
        header = content.header
        checkHeader(content.header, setting)
        if findings.allSatisfy({ $0.code != BatchRefusalCode.malformed.rawValue }) { checkSums(content) }
        checkRecords(content, setting)
        findings.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    private mutating func add(
        _ code: BatchRefusalCode, line: Int? = nil, field: String? = nil, reason: String
    ) {
        findings.append(Finding(code.rawValue, line: line, field: field, reason: reason))
    }
}

/// Reading past what is wrong.
extension BatchCheck {
    /// What can be read of the batch, once every line that cannot is noted and left out. Nil: the header cannot,
    /// or too much is wrong.
    private mutating func readable(_ bytes: [UInt8], _ form: BatchForm) -> BatchContent? {
        let headLines = form == .csv ? 2 : 1
        var lines = LineNumbers(bytes)
        var last = 0
        while true {
            do throws(BatchRefusal) {
                let content = try BatchContent(parsing: lines.bytes, form: form)
                return BatchContent(
                    header: content.header,
                    records: content.records.map {
                        BatchRecord(line: lines.number(of: $0.line), record: $0.record)
                    })
            } catch {
                let line = error.line.map { lines.number(of: $0) }
                // A row of several lines that has lost one ends elsewhere: what is wrong above it was not before.
                guard line ?? .max > last else { return nil }
                last = line ?? last
                add(error.code, line: line, field: error.field, reason: error.reason)
                guard error.code == .malformed, let line, line > headLines, let found = error.line,
                    findings.count < Self.mostMalformed, lines.remove(found)
                else { return nil }
            }
        }
    }

    /// The lines that are left of a batch, and what their numbers were.
    private struct LineNumbers {
        private(set) var bytes: [UInt8]
        /// The numbers of those removed, ascending.
        private var removed: [Int] = []

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// The number that a line had at first.
        func number(of line: Int) -> Int {
            removed.reduce(line) { $1 <= $0 ? $0 + 1 : $0 }
        }

        /// Takes the line of this number away; false: there is none.
        mutating func remove(_ line: Int) -> Bool {
            let number = number(of: line)
            var start = bytes.startIndex
            for _ in 1..<line {
                guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
                start = end + 1
            }
            guard start < bytes.endIndex else { return false }
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.endIndex
            bytes.removeSubrange(start..<end)
            removed.insert(number, at: removed.firstIndex { $0 > number } ?? removed.endIndex)
            return true
        }
    }
}

/// What the header and the records say.
extension BatchCheck {
    private mutating func checkHeader(_ header: BatchHeader, _ setting: Setting) {
        guard setting.schedule.merchant(header.merchant) != nil else {
            return add(
                .merchantUnknown, line: 1, field: "merchant",
                reason: "the alliance has no merchant \(header.merchant)")
        }
        if case .merchant(let signer) = setting.signer, signer != header.merchant {
            add(
                .merchantMismatch, line: 1, field: "merchant",
                reason: "the header names \(header.merchant), the key is of \(signer)")
        }
        if setting.signer != .operator,
            setting.schedule.status(of: header.merchant, at: setting.received) == .suspended
        {
            add(
                .merchantSuspended, reason: "\(header.merchant) is suspended, its batches are not taken")
        }
    }

    private mutating func checkSums(_ content: BatchContent) {
        let header = content.header
        if header.records != Int64(content.records.count) {
            add(
                .countMismatch, line: 1, field: "records",
                reason: "the header says \(header.records) records, found \(content.records.count)")
        }
        let sums = BatchContent.totals(of: content.records.lazy.map(\.record))
        for type in RecordType.allCases where (header.totals[type] ?? 0) != (sums[type] ?? 0) {
            add(
                .totalsMismatch, line: 1, field: "totals.\(type.name)",
                reason: "the header says \(header.totals[type] ?? 0) points of \(type.name), "
                    + "the records sum to \(sums[type] ?? 0)")
        }
    }

    private mutating func checkRecords(_ content: BatchContent, _ setting: Setting) {
        var seen: [RecordID: Record] = [:]
        for item in content.records {
            let record = item.record
            if record.type.operatorOnly, setting.signer != .operator {
                add(
                    .operatorOnly, line: item.line, field: "type",
                    reason: "a record of type \(record.type.name) comes under an operator key only")
            }
            if let earlier = seen[record.id] {
                if earlier == record {
                    note(item, "duplicate", "a record of this batch says the same: it counts once", false)
                } else {
                    note(
                        item, RecordRefusalCode.idReused.rawValue,
                        "a record of this batch has the id, and says something else", true)
                }
                continue
            }
            if setting.schedule.merchant(content.header.merchant) != nil,
                let code = Admission.judge(
                    record, of: content.header.merchant, schedule: setting.schedule,
                    received: setting.received)
            {
                note(item, code.rawValue, code.sentence, true)
                // Such a record does not take its id.
                continue
            }
            seen[record.id] = record
        }
    }

    private mutating func note(_ item: BatchRecord, _ code: String, _ reason: String, _ isRefused: Bool) {
        findings.append(
            Finding(code, line: item.line, id: item.record.id, reason: reason, isRefused: isRefused))
    }
}

extension RecordRefusalCode {
    /// What is wrong with such a record, in words.
    public var sentence: String {
        switch self {
        case .idReused: "an earlier record has the id, and says something else"
        case .beforeStart: "it is of a time before the alliance's first period"
        case .inFuture: "it is of a time more than five minutes after receipt"
        case .tooOld: "it is older than the alliance takes records"
        case .noTerms: "its merchant, sponsor or supplier has no terms then"
        case .campaignUnknown: "the alliance has no such campaign"
        case .campaignInactive: "it falls outside its campaign's days"
        case .itemUnknown: "the catalogue has no such gift"
        case .itemInactive: "it falls outside its gift's days"
        case .itemPointsMismatch: "its points are no multiple of the gift's"
        case .pointsExceedTerms: "it gives more points for its amount than the terms allow"
        }
    }
}
