import Dispatch
import Synchronization

/// Takes items from `next` and hands to `take` what `work` makes of them, all in their order. `work` runs on one
/// other thread beside `next` and `take`, which run on the caller's; at most `depth` items are on their way.
///
/// What any of the three throws ends it, once the other thread has come to rest. The caller does nothing else
/// meanwhile, so `work` may use what is the caller's, as long as `next` and `take` leave that alone.
func pipelined<Item: Sendable, Product: Sendable>(
    depth: Int, next: () throws -> Item?, work: (Item) throws -> Product,
    take: (Item, Product) throws -> Void
) throws {
    try withoutActuallyEscaping(work) { work in
        let worker = Worker(work)
        defer { worker.rest() }
        var pieces: [Piece<Item, Product>] = []
        while let item = try next() {
            pieces.append(worker.begin(item))
            guard pieces.count == depth else { continue }
            let piece = pieces.removeFirst()
            try take(piece.item, piece.wait())
        }
        for piece in pieces { try take(piece.item, piece.wait()) }
    }
}

/// An item on its way.
private final class Piece<Item: Sendable, Product: Sendable>: Sendable {
    let item: Item
    private let isDone = DispatchSemaphore(value: 0)
    private let product = Mutex<Result<Product, any Error>?>(nil)

    init(_ item: Item) { self.item = item }

    func finish(_ product: Result<Product, any Error>) {
        self.product.withLock { $0 = product }
        isDone.signal()
    }

    func wait() throws -> Product {
        isDone.wait()
        let product = product.withLock { product in
            defer { product = nil }
            return product
        }
        guard let product else { preconditionFailure("a piece is taken once, when it is done") }
        return try product.get()
    }
}

/// Where the work is done, one item after the other. Only its queue calls `work`.
private final class Worker<Item: Sendable, Product: Sendable>: @unchecked Sendable {
    private let work: (Item) throws -> Product
    private let queue = DispatchQueue(label: "settled.pipeline", qos: .userInitiated)
    /// Nothing is begun any more: the caller has given up, or an item failed.
    private let isOver = Mutex(false)

    init(_ work: @escaping (Item) throws -> Product) { self.work = work }

    func begin(_ item: Item) -> Piece<Item, Product> {
        let piece = Piece<Item, Product>(item)
        queue.async { self.finish(piece) }
        return piece
    }

    private func finish(_ piece: Piece<Item, Product>) {
        // Nobody waits for what comes behind a failure.
        guard !isOver.withLock({ $0 }) else { return }
        let product = Result { try work(piece.item) }
        if case .failure = product { isOver.withLock { $0 = true } }
        piece.finish(product)
    }

    /// Returns when no work is done any more.
    func rest() {
        isOver.withLock { $0 = true }
        queue.sync {}
    }
}
