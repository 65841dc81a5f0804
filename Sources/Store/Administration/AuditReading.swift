import GRDB
public import Settlement

/// Which entries of the audit are asked for; what is nil is not asked about.
public struct AuditFilter: Hashable, Sendable {
    public var merchant: MerchantID?
    public var act: AuditEntry.Act?
    public var code: String?
    /// From this instant on.
    public var from: Instant?
    /// Before this instant.
    public var until: Instant?
    /// The last ones, at most so many.
    public var limit: Int

    public init(
        merchant: MerchantID? = nil, act: AuditEntry.Act? = nil, code: String? = nil, from: Instant? = nil,
        until: Instant? = nil, limit: Int = 1_000
    ) {
        self.merchant = merchant
        self.act = act
        self.code = code
        self.from = from
        self.until = until
        self.limit = limit
    }
}

extension Store {
    /// The last entries that fit, the latest first.
    public func audit(_ filter: AuditFilter) throws -> [AuditEntry] {
        try reading("read the audit") { try AuditRows($0).last(filter) }
    }
}
