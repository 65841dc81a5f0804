import Fixtures

/// Waiting for datagrams on a thread of its own: what sends them may need those of tasks.
extension DatagramListener {
    /// As `next`.
    func heard() async throws -> String? { try await blocking { self.next() } }

    /// As `nextWord`.
    func heardWord() async throws -> String? { try await blocking { self.nextWord() } }

    /// As `hears`.
    func hasHeard(within milliseconds: Int32) async throws -> Bool {
        try await blocking { self.hears(within: milliseconds) }
    }

    /// Takes what is on its way, until nothing comes for so long.
    func drain(within milliseconds: Int32) async throws {
        try await blocking { while self.hears(within: milliseconds) { _ = self.next() } }
    }
}
