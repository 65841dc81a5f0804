import Synchronization

/// Counts up from any thread, at the cost of one addition: nobody waits, and nothing is allocated.
public final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    public init() {}

    public func add(_ more: Int = 1) { value.wrappingAdd(more, ordering: .relaxed) }

    public var count: Int { value.load(ordering: .relaxed) }
}
