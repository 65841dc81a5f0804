import Signing
import Testing

struct ConcurrencyTests {
    @Test("One key and one signer serve many tasks at once")
    func manyTasks() async throws {
        let master = try MasterSecret(Array(0..<32))
        let signer = DocumentSigner(master: master, version: 1)
        let statement = master.statementKey(owner: "M001", version: 1).verification
        let seal = master.sealKey(version: 1).verification
        let verified = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<50 {
                        let payload = Array("\(task) \(round)".utf8)
                        let document = signer.seal(payload, for: "M001")
                        try DetachedJWS(parsing: document.signature).verify(payload: payload, key: statement)
                        try DetachedJWS(parsing: document.seal).verify(payload: payload, key: seal)
                    }
                    return 50
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(verified == 400)
    }
}
