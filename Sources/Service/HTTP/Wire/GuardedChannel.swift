import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The connections of another kind of channel, each watched from its opening on.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let headSeconds: Int

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(patience: .seconds(Int64(headSeconds))))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
