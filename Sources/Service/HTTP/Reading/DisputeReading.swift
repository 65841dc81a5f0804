import HTTPTypes
import Settlement
import Signing
import Store

/// `GET /v1/disputes` and `GET /v1/disputes/{number}`, signed and sealed as a receipt is: what was answered when can be
/// shown to others.
extension ReadingShelf {
    private static let mostDisputes = 1_000

    func disputes(_ request: ReadingRequest) throws -> Representation {
        let before = try request.integer("before", within: 1...Self.lastNumber, otherwise: Self.lastNumber)
        let limit = try request.integer("limit", within: 1...Self.mostDisputes, otherwise: 100)
        let schedule = try store.schedule()
        // One more than asked for tells whether there is another page.
        let found = try store.disputePage(of: request.merchant, before: Int64(before), limit: limit + 1)
        return sealed("settled-disputes/1", schedule.alliance.id, request) { json in
            json.member("disputes", array: found.prefix(limit)) { json, dispute in
                json.object { OwnDispute(dispute, schedule.calendar).write(to: &$0) }
            }
            if found.count > limit {
                json.member("next", found[limit - 1].ownNumber)
            } else {
                json.name("next")
                json.null()
            }
        }
    }

    func dispute(_ request: ReadingRequest) throws -> Representation {
        guard let text = request.piece("number"), let number = Int64(text), "\(number)" == text,
            let dispute = try store.dispute(number, of: request.merchant)
        else { throw Problem.nothing("a dispute of yours of this number") }
        let schedule = try store.schedule()
        return sealed("settled-dispute/1", schedule.alliance.id, request) { json in
            OwnDispute(dispute, schedule.calendar).write(to: &json)
        }
    }

    private func sealed(
        _ format: String, _ alliance: AllianceID, _ request: ReadingRequest,
        _ write: (inout CanonicalJSON) -> Void
    ) -> Representation {
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", format)
            json.member("alliance", alliance.text)
            json.member("merchant", request.merchant.text)
            json.member("answered", request.received.description)
            write(&json)
        }
        let document = signer.seal(json.bytes, for: request.merchant.text)
        return .bytes(
            document.bytes, type: "application/json",
            headers: [.settledSignature: document.signature, .settledSeal: document.seal])
    }

    /// Above all that there can be, and exact in every reader of JSON.
    private static let lastNumber = 1_000_000_000_000_000
}
