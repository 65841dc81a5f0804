import Foundation

/// Problem details as a client reads them. RFC 9457: every member may be missing.
struct ProblemText: Decodable, Sendable {
    struct RefusedRecord: Decodable, Sendable {
        let line: Int64
        let id, code: String
    }

    var title: String?
    var detail: String?
    var code: String?
    var line: Int64?
    var field: String?
    var records: [RefusedRecord]?

    init(_ bytes: [UInt8]) {
        if let problem = try? JSONDecoder().decode(ProblemText.self, from: Data(bytes)) { self = problem }
    }

    /// What a command says of it: the code and the sentence, then one line a refused record, `mostListed` of them.
    func failure(
        _ kind: Failure.Kind, place: String, status: Int, mostListed: Int = Self.mostListed
    ) -> Failure {
        let spot = place + (line.map { ":\($0)" } ?? "")
        var problem = "\(code ?? "HTTP \(status)")"
        if let field { problem += " (\(field))" }
        problem += ": \(detail ?? title ?? "the daemon gives no reason")"
        let listed = (records ?? []).prefix(mostListed)
        for record in listed { problem += "\n  line \(record.line): \(record.id) \(record.code)" }
        if let records, records.count > listed.count {
            problem += "\n  … and \(records.count - listed.count) more: --json prints all of them"
        }
        return Failure(kind, spot, problem)
    }

    static let mostListed = 50
}
