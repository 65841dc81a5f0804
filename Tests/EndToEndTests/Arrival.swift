import Settlement

extension RandomHistory {
    /// The records in another order, cut into batches of 1 … `most` records, in the order in which they arrive.
    /// Sequence numbers run per merchant and signer.
    func shuffledBatches(seed: UInt64, most: Int) -> [DraftBatch] {
        struct Pile: Hashable {
            let merchant: String
            let signer: Signer
        }
        var generator = SeededGenerator(seed: seed)
        var waiting: [Pile: [Row]] = [:]
        var sequences: [Pile: Int] = [:]
        var batches: [DraftBatch] = []
        func send(_ pile: Pile) {
            guard let rows = waiting.removeValue(forKey: pile), !rows.isEmpty else { return }
            sequences[pile, default: 0] += 1
            let sequence = sequences[pile] ?? 1
            batches.append(DraftBatch(rows, id: "\(pile.signer)-\(sequence)", sequence: sequence))
        }
        for row in rows.shuffled(using: &generator) {
            let pile = Pile(merchant: row.merchant, signer: row.signer)
            waiting[pile, default: []].append(row)
            if waiting[pile]?.count ?? 0 >= Int.random(in: 1...most, using: &generator) { send(pile) }
        }
        for pile in waiting.keys.sorted(by: { ($0.merchant, $0.signer) < ($1.merchant, $1.signer) }) {
            send(pile)
        }
        return batches
    }
}
