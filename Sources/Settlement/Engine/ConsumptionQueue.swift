/// Positions of lots as a heap in order of consumption. Lots that were emptied stay until they come to the
/// top; one that gains points again may stand twice, which changes nothing: the first of it is the lot.
struct ConsumptionQueue {
    private var heap: [Int]

    /// Takes positions of open lots.
    init(_ positions: [Int], of lots: [Lot]) {
        // What is sorted is a heap.
        heap = positions.count > 1 ? positions.sorted { consumedBefore($0, $1, in: lots) } : positions
    }

    /// Makes room for as many lots in all.
    mutating func reserve(_ count: Int) { heap.reserveCapacity(count) }

    /// The open lot that is consumed first.
    mutating func first(of lots: [Lot]) -> Int? {
        while let top = heap.first {
            if !lots[top].open.isZero { return top }
            removeTop(of: lots)
        }
        return nil
    }

    /// Adds a lot that has gained points.
    mutating func add(_ position: Int, of lots: [Lot]) {
        heap.append(position)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard consumedBefore(heap[child], heap[parent], in: lots) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func removeTop(of lots: [Lot]) {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if consumedBefore(heap[child], heap[least], in: lots) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
