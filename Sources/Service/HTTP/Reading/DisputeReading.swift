import Settlement
import Store

/// `GET /v1/disputes` and `GET /v1/disputes/{number}`.
extension ReadingShelf {
    private static let mostDisputes = 1_000

    func disputes(_ request: ReadingRequest) throws -> Representation {
        let before = try request.integer("before", within: 1...Self.lastNumber, otherwise: Self.lastNumber)
        let limit = try request.integer("limit", within: 1...Self.mostDisputes, otherwise: 100)
        let calendar = try store.schedule().calendar
        // One more than asked for tells whether there is another page.
        let found = try store.disputePage(of: request.merchant, before: Int64(before), limit: limit + 1)
        var json = CanonicalJSON()
        json.object { json in
            json.member("disputes", array: found.prefix(limit)) { OwnDispute($1, calendar).write(to: &$0) }
            if found.count > limit {
                json.member("next", found[limit - 1].number)
            } else {
                json.name("next")
                json.null()
            }
        }
        return .json(json.bytes)
    }

    func dispute(_ request: ReadingRequest) throws -> Representation {
        guard let text = request.piece("number"), let number = Int64(text), "\(number)" == text,
            let dispute = try store.dispute(number, of: request.merchant)
        else { throw Problem.nothing("a dispute of yours of this number") }
        var json = CanonicalJSON()
        OwnDispute(dispute, try store.schedule().calendar).write(to: &json)
        return .json(json.bytes)
    }

    /// Above all that there can be, and exact in every reader of JSON.
    private static let lastNumber = 1_000_000_000_000_000
}
