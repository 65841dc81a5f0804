import Service
import Signing
import Store
import Testing

/// Rulebook §5: every stored record is in one state at any moment, and the counts of all documents add up.
func expectStates(_ settled: SettledHistory, _ seed: UInt64) {
    var ended: Set<String> = []
    var waiting: Set<String> = []
    for period in settled.periods {
        let place = "SETTLED_SEED=\(seed), \(period.closing.period.id)"
        var sums: (settled: Int64, pending: Int64, refused: Int64) = (0, 0, 0)
        var nowWaiting: Set<String> = []
        for (name, documents) in period.merchants {
            let counts = documents.statement.records
            sums = (
                sums.settled + counts.settled, sums.pending + counts.pending, sums.refused + counts.refused
            )
            #expect(documents.statement.details.rows == documents.details.count, "\(place) \(name)")
            #expect(
                documents.statement.details.digest == SHA256Digest(of: documents.detailsBytes).text,
                "\(place) \(name)")
            let records = documents.details.filter(\.isRecord)
            for (state, count) in [
                ("settled", counts.settled), ("pending", counts.pending), ("refused", counts.refused),
            ] {
                #expect(records.count { $0["state"] == state } == count, "\(place) \(name): \(state)")
            }
            for record in records {
                #expect(record["merchant"] == name, "\(place) \(name): \(record.text)")
                let key = record["merchant"] + "/" + record["id"]
                #expect(!ended.contains(key), "\(place): \(key) had ended")
                if record["state"] == "pending" { nowWaiting.insert(key) } else { ended.insert(key) }
            }
            expectExceptions(documents, records, "\(place) \(name)")
        }
        // What was carried is looked at again at the next close.
        #expect(waiting.isSubset(of: ended.union(nowWaiting)), "\(place): \(waiting)")
        waiting = nowWaiting
        let counts = period.closing.records
        #expect(
            sums == (settled: counts.settled, pending: counts.pending, refused: counts.refused), "\(place)")
    }
}

/// The records that did not simply settle are the exceptions, by id.
private func expectExceptions(
    _ documents: SettledHistory.Merchant, _ records: [DetailsRow], _ place: String
) {
    let told = documents.statement.exceptions.map { "\($0.id) \($0.type) \($0.state) \($0.code)" }
    let rows = records.filter { !$0["code"].isEmpty }
        .sorted { $0["id"].utf8.lexicographicallyPrecedes($1["id"].utf8) }
        .map { "\($0["id"]) \($0["type"]) \($0["state"]) \($0["code"])" }
    #expect(told == rows, "\(place): exceptions")
    for exception in documents.statement.exceptions {
        #expect((exception.points != nil) == (exception.code == "shortfall"), "\(place): \(exception.id)")
        #expect(exception.points ?? 1 > 0, "\(place): \(exception.id)")
    }
}

/// The store counts the same states as the documents.
func expectStanding(_ settled: SettledHistory, _ seed: UInt64) throws {
    let store = try Store.open(folder: settled.folder.path)
    defer { try? store.shut() }
    let counts = try store.stateCounts()
    let closings = settled.periods.map(\.closing.records)
    #expect(counts.settled == closings.reduce(0) { $0 + $1.settled }, "SETTLED_SEED=\(seed): settled")
    #expect(counts.refused == closings.reduce(0) { $0 + $1.refused }, "SETTLED_SEED=\(seed): refused")
    #expect(counts.pending == closings.last?.pending, "SETTLED_SEED=\(seed): pending")
    #expect(counts.all == (try store.recordCount()), "SETTLED_SEED=\(seed): all")
    let accepted = settled.summary.records - settled.summary.duplicates - settled.summary.refused
    #expect(counts.all == accepted, "SETTLED_SEED=\(seed): accepted")
}
