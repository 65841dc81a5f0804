/// How the spool's batches come to be taken: bounded in memory with the uploads over HTTP, as if they were uploads,
/// and large ones checked one after the other with theirs.
struct SpoolDoor: Sendable {
    let bounds: Bounds
    let workers: BatchWorkers

    /// Does the work, in which a batch of this size is in memory. Throws the problem `too_many_uploads` or `busy`
    /// when there is no room for it.
    func admit(_ owner: SpoolOwner, bytes: Int, _ work: () throws -> Void) throws {
        let claimant: Claimant =
            switch owner {
            case .merchant(let id): .merchant(id)
            case .operator: .operator
            }
        var place = try bounds.enter(claimant)
        try place.hold(bytes)
        try withExtendedLifetime(place) { try work() }
    }

    /// Does the work, from a thread that may wait.
    func run<Value: Sendable>(bytes: Int, _ work: @escaping @Sendable () throws -> Value) throws -> Value {
        try workers.runWaiting(bytes: bytes, work)
    }
}
