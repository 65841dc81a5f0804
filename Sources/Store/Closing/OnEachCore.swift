import Dispatch
public import Settlement
import Synchronization

extension ClosingRun: WorkSpread {
    /// What `make` makes for every position below a count, in their order, on all cores. The caller waits.
    public func spread<Product: Sendable>(
        _ count: Int, _ make: @escaping @Sendable (Int) -> Product
    ) -> [Product] {
        let products = Mutex([Product?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { position in
            let product = make(position)
            products.withLock { $0[position] = product }
        }
        return products.withLock { products in
            products.map { product in
                guard let product else { preconditionFailure("every position is gone through") }
                return product
            }
        }
    }
}
