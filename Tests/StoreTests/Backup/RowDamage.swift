import GRDB
import Testing

@testable import Store

extension Scene {
    /// Shuts the store, changes its file behind the program's back, and expects the check of rows to tell damage of the
    /// table, and nothing that is none.
    func expectDamage(in table: String, after sql: String) throws {
        try store.shut()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: store.path, configuration: configuration)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        let store = try Store.openToRead(folder: folder)
        defer { try? store.shut() }
        let found = try store.changedRows()
        #expect(found.contains { $0.attempt.hasPrefix("read \(table),") }, "\(found)")
        #expect(found.allSatisfy { $0.isDamage })
    }
}
