import Settlement
import Store

/// `GET /v1/statements/{period}/explain`: a merchant's own side taken apart.
extension ReadingShelf {
    private static let mostMovements = 1_000

    /// Throws `Problem` unless one of `line`, `record` and `points` is given, or where there is no such one. Of a record
    /// the period, which may be open, says nothing; it may be one that was refused alone.
    ///
    /// It goes through all that a close kept, so it takes one of the places of DETAILS.csv, and of those that explanations
    /// have over all merchants: where none is free, it throws `busy`.
    func explanation(_ request: ReadingRequest) throws -> Representation {
        let asked = try asked(request)
        let window = Explainer.Window(
            offset: try request.integer("offset", within: 0...1_000_000_000, otherwise: 0),
            limit: try request.integer("limit", within: 1...Self.mostMovements, otherwise: 100))
        if case .record(let record) = asked { return .json(try life(of: record, request)) }
        let statement = try statement(request)
        let places = (try details.take(for: request.merchant), try explanations.take(.statement))
        return try withExtendedLifetime(places) {
            let explainer = try Explainer(statement, in: store, for: .merchant(request.merchant))
            guard case .line(let line) = asked else {
                return .json(Array(explainer.json(try explainer.pointFigures(window)).utf8))
            }
            guard let found = try explainer.line(line, window) else {
                throw Problem.nothing("a line \(line) on this statement")
            }
            return .json(found.bytes)
        }
    }

    /// What is to be explained.
    private enum Asked {
        case line(Int)
        case record(String)
        case points
    }

    private func asked(_ request: ReadingRequest) throws(Problem) -> Asked {
        let points = try request.flag("points")
        let names = ["line", "record"].filter { request.text($0) != nil } + (points ? ["points"] : [])
        guard names.count == 1 else {
            throw .parameterMalformed(
                names.first ?? "line", expected: "one of line, record and points=true",
                found: names.isEmpty ? "none" : names.joined(separator: " and "))
        }
        if points { return .points }
        if let record = request.text("record") { return .record(record) }
        return .line(try request.integer("line", within: 1...1_000_000, otherwise: 1))
    }

    private func life(of record: String, _ request: ReadingRequest) throws -> [UInt8] {
        guard let id = RecordID(record) else {
            throw Problem.parameterMalformed(
                "record", expected: "a record's id: 1 to 64 printable ASCII characters", found: record)
        }
        guard let period = request.piece("period"),
            try store.schedule().calendar.ordinal(id: period) != nil
        else { throw Problem.nothing("a period of this id") }
        let places = (try details.take(for: request.merchant), try explanations.take(.record))
        return try withExtendedLifetime(places) {
            let viewer = Explainer.Viewer.merchant(request.merchant)
            if let life = try RecordLife(id, of: request.merchant, in: store, for: viewer) {
                return life.bytes
            }
            guard let refusals = try RecordRefusals(id, of: request.merchant, in: store) else {
                throw Problem.nothing("a record of yours of this id")
            }
            return refusals.bytes
        }
    }
}
