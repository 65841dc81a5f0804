import NIOCore

/// What keeps a long answer from being handed over faster than its reader takes it.
enum AnswerChannel {
    /// Where the present request is answered.
    @TaskLocal static var current: (any Channel)?

    /// Returns when the channel has all that was written so far. Until its thread comes to it nobody knows whether the
    /// reader takes more: a thread that is busy meanwhile would be given a whole answer, to keep in memory.
    static func catchUp() async throws { try await current?.eventLoop.submit {}.get() }
}
