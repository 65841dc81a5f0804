/// Where pieces of work are done that do not depend on each other.
public protocol WorkSpread {
    /// What `make` makes for every position below a count, in their order.
    func spread<Product: Sendable>(_ count: Int, _ make: @escaping @Sendable (Int) -> Product) -> [Product]
}

/// One after the other, by who asks for them.
public struct InTurn: WorkSpread {
    public init() {}

    public func spread<Product: Sendable>(
        _ count: Int, _ make: @escaping @Sendable (Int) -> Product
    ) -> [Product] { (0..<count).map(make) }
}
