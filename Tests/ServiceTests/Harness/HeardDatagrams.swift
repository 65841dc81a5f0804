import Fixtures

/// Waiting for datagrams on a thread of its own: what sends them may need those of tasks.
extension DatagramListener {
    /// As `nextWord`.
    func heardWord() async throws -> String? { try await blocking { self.nextWord() } }
}
