import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The connections of another kind of channel, each watched from its opening on.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let connections: Connections
    let headSeconds: Int

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(patience: .seconds(Int64(headSeconds)), met: connections.met))
            return base.setup(channel: channel, logger: logger)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await connections.serve(value.channel) { await base.handle(value: value, logger: logger) }
    }
}
