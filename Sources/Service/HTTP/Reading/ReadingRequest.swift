import Foundation
import Hummingbird
import Settlement

/// A request to read, with what its route has to know of it.
struct ReadingRequest: Sendable {
    let merchant: MerchantID
    /// When it was here.
    let received: Instant
    /// Whether only the head of the answer is wanted.
    let isHead: Bool
    let ifNoneMatch: String?
    private let parameters: [String: String]
    private let query: [String: String]

    init(_ request: Request, _ context: PeerContext, merchant: MerchantID, received: Instant) {
        self.merchant = merchant
        self.received = received
        isHead = request.method == .head
        ifNoneMatch = request.headers[.ifNoneMatch]
        parameters = Dictionary(
            context.parameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
        query = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// A piece of the path, its percent escapes read; nil where they are none.
    func piece(_ name: String) -> String? { parameters[name]?.removingPercentEncoding }

    /// A batch's id of the query. Throws the problem of one that is no id.
    func batch(_ name: String) throws(Problem) -> BatchID? {
        guard let text = query[name] else { return nil }
        guard let id = BatchID(text) else {
            throw .parameterMalformed(
                name, expected: "a batch's id: 1 to 64 printable ASCII characters", found: text)
        }
        return id
    }

    /// A text of the query.
    func text(_ name: String) -> String? { query[name] }

    /// `true` or `false` of the query; false where it is not there.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch query[name] {
        case nil, "false"?: false
        case "true"?: true
        case let found?: throw .parameterMalformed(name, expected: "true or false", found: found)
        }
    }

    /// A whole number of the query.
    func integer(_ name: String, within bounds: ClosedRange<Int>, otherwise: Int) throws(Problem) -> Int {
        guard let text = query[name] else { return otherwise }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
            bounds.contains(value)
        else {
            throw .parameterMalformed(
                name, expected: "\(bounds.lowerBound) to \(bounds.upperBound)", found: text)
        }
        return value
    }
}
