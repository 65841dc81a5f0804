import Settlement
import Signing
import Store

/// A delivery as a message: the same bytes at each attempt. As Standard Webhooks has it, a JSON object of `type`,
/// `timestamp` and `data`; what was signed stands in it as base64, byte for byte, or, where it is large, by name.
struct NewsMessage {
    /// Tells it from any other, also of a data folder that was restored from a backup and went another way since. It
    /// does not say how much others are told.
    let id: String
    let type: String
    let body: [UInt8]

    /// A merchant's document of more bytes is named and not brought: many messages are in memory at once.
    static let mostBytes = 256 << 10

    /// Throws `StoreTrouble` where what it tells of cannot be read or is not there.
    init(_ delivery: Delivery, from store: Store, mostBytes: Int = Self.mostBytes) throws {
        id = Self.id(of: delivery)
        let type = Self.type(of: delivery.news)
        let schedule = try store.schedule()
        let data = try NewsData(delivery, store, schedule, mostBytes: mostBytes)
        var json = CanonicalJSON()
        json.object { object in
            object.member("type", type)
            object.member("timestamp", delivery.created.description)
            object.member("data") { object in
                object.member("alliance", schedule.alliance.id.text)
                data.write(to: &object)
            }
        }
        self.type = type
        body = json.bytes
    }

    static func id(of delivery: Delivery) -> String {
        // A full stop would end it where it is signed with what follows.
        let owner = delivery.lane.owner.replacing(".", with: "~")
        return "msg_\(owner)_\(delivery.ownNumber)_\(delivery.created.milliseconds)"
    }

    static func type(of news: News) -> String {
        switch news {
        case .statement: "statement.issued"
        case .closing: "closing.issued"
        case .receipt: "receipt.issued"
        case .disputeAnswered: "dispute.answered"
        case .sequencesMissing: "sequence.missing"
        case .exposure: "exposure.exceeded"
        }
    }
}

/// What a message says.
private enum NewsData {
    case statement(of: MerchantID, ToldStatement, period: String)
    case closing(StoredClosing, period: String)
    case receipt(of: MerchantID?, BatchID, sequence: Int64, ToldDocument)
    case dispute(Dispute, PeriodCalendar)
    case missing(of: MerchantID, period: String, [StatementDocument.Missing])
    case exposure(Exposures.Excess, period: String)

    init(_ delivery: Delivery, _ store: Store, _ schedule: Schedule, mostBytes: Int) throws {
        let calendar = schedule.calendar
        func found<Value>(_ value: Value?) throws -> Value {
            guard let value else {
                throw StoreTrouble(
                    "read what delivery \(delivery.number) tells of", because: "it is not there",
                    hint:
                        "the file was changed behind the program's back: restore a backup of the data folder",
                    kind: .damage)
            }
            return value
        }
        switch delivery.news {
        case .statement(let period):
            let merchant = try found(delivery.lane.merchant)
            self = .statement(
                of: merchant,
                try found(try store.toldStatement(of: merchant, period: period, mostBytes: mostBytes)),
                period: calendar.period(period).id)
        case .closing(let period):
            self = .closing(try found(try store.closing(of: period)), period: calendar.period(period).id)
        case .receipt(let number):
            let receipt = try found(try store.toldReceipt(numbered: number, mostBytes: mostBytes))
            self = .receipt(
                of: delivery.lane.merchant, receipt.batch, sequence: receipt.sequence, receipt.document)
        case .disputeAnswered(let number):
            self = .dispute(try found(try store.dispute(number)), calendar)
        case .sequencesMissing(let period):
            let merchant = try found(delivery.lane.merchant)
            let signed = try found(try store.statement(of: merchant, period: period))
            let document = try StatementDocument(bytes: signed.document.bytes, place: "STATEMENT.json")
            self = .missing(
                of: signed.merchant, period: calendar.period(period).id, document.missingSequences)
        case .exposure(let merchant, let period):
            self = .exposure(
                try found(try store.excess(of: merchant, period: period)), period: calendar.period(period).id)
        }
    }

    func write(to object: inout CanonicalJSON) {
        switch self {
        case .statement(let merchant, let statement, let period):
            object.member("merchant", merchant.text)
            object.member("period", period)
            object.member("number", statement.number)
            object.member("balance", statement.balance.minorUnits)
            object.member("digest", statement.document.digest)
            object.member("details") { object in
                object.member("path", "/v1/statements/\(period)/DETAILS.csv")
                object.member("digest", statement.detailsDigest)
                object.member("rows", statement.detailsRows)
            }
            Self.write(statement.document, at: "/v1/statements/\(period)/STATEMENT.json", to: &object)
        case .closing(let closing, let period):
            object.member("period", period)
            object.member("number", closing.number)
            object.member("digest", closing.digest)
            // The operator's messages are made one at a time.
            object.member("document", Base64.text(closing.document.bytes))
            object.member("signature", closing.document.signature)
            object.member("seal", closing.document.seal)
        case .receipt(let merchant, let batch, let sequence, let document):
            object.member("merchant", ifPresent: merchant?.text)
            object.member("batch", batch.text)
            object.member("sequence", sequence)
            Self.write(document, at: Self.path(of: batch), to: &object)
        case .dispute(let dispute, let calendar): Self.write(dispute, calendar, to: &object)
        case .missing(let merchant, let period, let missing):
            object.member("merchant", merchant.text)
            object.member("period", period)
            object.member("missing", array: missing) { json, missing in
                json.object { object in
                    object.member("signer", missing.signer)
                    object.member("sequence", missing.sequence)
                }
            }
        case .exposure(let excess, let period):
            object.member("merchant", excess.merchant.text)
            object.member("period", period)
            object.member("exposure", excess.exposure.minorUnits)
            object.member("limit", excess.limit.minorUnits)
        }
    }

    /// Brings it, or says where it is fetched from.
    private static func write(_ document: ToldDocument, at path: String, to object: inout CanonicalJSON) {
        if let bytes = document.bytes {
            object.member("document", Base64.text(bytes))
        } else {
            object.member("fetch") { object in
                object.member("path", path)
                object.member("digest", document.digest)
                object.member("bytes", Int64(document.byteCount))
            }
        }
        object.member("signature", document.signature)
        object.member("seal", document.seal)
    }

    private static func path(of batch: BatchID) -> String {
        // Else it would be another route's.
        "/v1/batches/" + (batch.text == "missing" ? "%6Dissing" : FolderCourier.name(of: batch))
    }

    private static func write(_ dispute: Dispute, _ calendar: PeriodCalendar, to object: inout CanonicalJSON)
    {
        object.member("merchant", dispute.merchant.text)
        object.member("dispute", dispute.ownNumber)
        switch dispute.subject {
        case .line(let line, let period):
            object.member("period", calendar.period(period).id)
            object.member("line", Int64(line))
        case .record(let id): object.member("record", id.text)
        }
        object.member("state", dispute.state.rawValue)
        guard let answer = dispute.steps.last(where: { $0.act == .accepted || $0.act == .rejected }) else {
            return
        }
        object.member("answer", answer.text)
        object.member("adjustment", ifPresent: answer.adjustment?.text)
    }
}
