import Settlement
import Signing

/// What a close tells those who have a destination: merchants of their statements, of sequence numbers that were passed
/// over and of an exposure beyond its limit; the operator of the closing and of every such exposure.
struct ClosingNews {
    private var parcels: [(news: News, merchant: MerchantID?, destinations: Destinations)] = []

    init(_ closed: ClosedPeriod, of period: Int, in alliance: Alliance) {
        let own = alliance.merchants.filter { $0.delivery != nil }
        guard !own.isEmpty || alliance.delivery != nil else { return }
        let beyond = Exposures(closing: closed.closing.bytes)?.beyondLimits(of: alliance) ?? []
        let statements = Dictionary(
            closed.statements.map { ($0.merchant, $0.document.bytes) },
            uniquingKeysWith: { first, _ in first })
        for merchant in own {
            guard let destinations = merchant.delivery else { continue }
            var news: [News] = []
            if let statement = statements[merchant.id] {
                news.append(.statement(period: period))
                if Self.listsMissing(statement) { news.append(.sequencesMissing(period: period)) }
            }
            if beyond.contains(where: { $0.merchant == merchant.id }) {
                news.append(.exposure(of: merchant.id, period: period))
            }
            parcels += news.map { ($0, merchant.id, destinations) }
        }
        guard let destinations = alliance.delivery else { return }
        let exposures = beyond.map { News.exposure(of: $0.merchant, period: period) }
        parcels += ([.closing(period: period)] + exposures).map { ($0, nil, destinations) }
    }

    /// Whether a statement lists sequence numbers that were passed over.
    private static func listsMissing(_ statement: [UInt8]) -> Bool {
        let listed = (try? JSONValue(parsing: statement))?["missing_sequences"]?.array
        return !(listed ?? []).isEmpty
    }

    func add(to outbox: OutboxRows, at instant: Instant) throws {
        for parcel in parcels {
            try outbox.add(parcel.news, to: parcel.merchant, parcel.destinations, at: instant)
        }
    }
}
