import Settlement
import Store

/// `GET /v1/statements/{period}/explain`: a merchant's own side taken apart.
extension ReadingShelf {
    private static let mostMovements = 1_000

    /// Throws `Problem` where neither or both of `line` and `record` are given, or there is no such one.
    ///
    /// It goes through all that a close kept, so it takes one of the places of DETAILS.csv.
    func explanation(_ request: ReadingRequest) throws -> Representation {
        let record = request.text("record")
        guard (request.text("line") == nil) != (record == nil) else {
            throw Problem.parameterMalformed(
                "line", expected: "either line or record", found: record == nil ? "neither" : "both")
        }
        let window = Explainer.Window(
            offset: try request.integer("offset", within: 0...1_000_000_000, otherwise: 0),
            limit: try request.integer("limit", within: 1...Self.mostMovements, otherwise: 100))
        let line = try request.integer("line", within: 1...1_000_000, otherwise: 0)
        let statement = try statement(request)
        let place = try details.take(for: request.merchant)
        return try withExtendedLifetime(place) {
            if let record { return .json(try life(of: record, request)) }
            let explainer = try Explainer(statement, in: store, for: .merchant(request.merchant))
            guard let found = try explainer.line(line, window) else {
                throw Problem.nothing("a line \(line) on this statement")
            }
            return .json(found.bytes)
        }
    }

    private func life(of record: String, _ request: ReadingRequest) throws -> [UInt8] {
        guard let id = RecordID(record) else {
            throw Problem.parameterMalformed(
                "record", expected: "a record's id: 1 to 64 printable ASCII characters", found: record)
        }
        let viewer = Explainer.Viewer.merchant(request.merchant)
        guard let life = try RecordLife(id, of: request.merchant, in: store, for: viewer) else {
            throw Problem.nothing("a record of yours of this id")
        }
        return life.bytes
    }
}
