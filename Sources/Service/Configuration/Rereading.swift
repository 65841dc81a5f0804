/// How a running daemon reads its configuration again, and where it changes the level of its log.
public struct Rereading: Sendable {
    let configuration: @Sendable () async throws(Failure) -> DaemonConfiguration
    let threshold: LogThreshold

    public init(
        threshold: LogThreshold,
        configuration: @escaping @Sendable () async throws(Failure) -> DaemonConfiguration
    ) {
        self.threshold = threshold
        self.configuration = configuration
    }
}
