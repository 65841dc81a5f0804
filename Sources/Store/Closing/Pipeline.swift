import Dispatch
import Synchronization

/// Takes items from `next` and hands to `take` what `work` makes of them, all in their order. `next` and `take` run
/// on the caller's thread; `work` beside them on one thread for each of `contexts`, to which the items go in turn.
/// At most `depth` items are on their way.
///
/// The first in order of what any of the three throws ends it, once the other threads have come to rest; `contexts`
/// are then as far as those had come.
func pipelined<Context, Item: Sendable, Product: Sendable>(
    contexts: inout [Context], depth: Int, next: () throws -> Item?,
    work: @Sendable (inout Context, Item) throws -> Product, take: (Item, Product) throws -> Void
) throws {
    precondition(!contexts.isEmpty && depth >= 1, "work needs a thread, and room on the way")
    try withoutActuallyEscaping(work) { work in
        let workers = contexts.map { Worker($0, work) }
        defer { contexts = workers.map { $0.rest() } }
        var pieces: [Piece<Item, Product>] = []
        var turn = 0
        while let item = try next() {
            pieces.append(workers[turn % workers.count].begin(item))
            turn += 1
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

/// Where the work is done, one item after the other. Only its queue touches the context, until it rests.
private final class Worker<Context, Item: Sendable, Product: Sendable>: @unchecked Sendable {
    private var context: Context
    private let work: @Sendable (inout Context, Item) throws -> Product
    private let queue = DispatchQueue(label: "settled.pipeline", qos: .userInitiated)
    /// The caller takes nothing any more.
    private let isOver = Mutex(false)

    init(_ context: Context, _ work: @escaping @Sendable (inout Context, Item) throws -> Product) {
        self.context = context
        self.work = work
    }

    func begin(_ item: Item) -> Piece<Item, Product> {
        let piece = Piece<Item, Product>(item)
        queue.async { self.finish(piece) }
        return piece
    }

    private func finish(_ piece: Piece<Item, Product>) {
        guard !isOver.withLock({ $0 }) else { return }
        piece.finish(Result { try work(&context, piece.item) })
    }

    /// Gives the context back when no work is done any more.
    func rest() -> Context {
        isOver.withLock { $0 = true }
        return queue.sync { context }
    }
}
