import Hummingbird
import Logging
import Settlement

/// What stands before every upload: whose it is as far as its head says, its rate, and its place.
struct UploadDoor: Sendable {
    let clock: WallClock
    let logger: Logger
    let workers: BatchWorkers
    let bounds: Bounds
    let health: Health
    let isBehindProxy: Bool

    /// Whose upload it is, as far as its head says; counted against the claimant's rate.
    ///
    /// Throws the refusal of which it is certain already, and `Problem`.
    func claimant(
        from peer: Peer?, _ foresee: @escaping @Sendable (_ now: Instant) throws -> Claimant
    ) async throws -> Claimant {
        let now = clock.now
        let claimant: Claimant
        do {
            claimant = try await workers.look { try foresee(now) }
        } catch let refusal as BatchRefusal {
            try bounds.pass(.unknown, of: peer)
            throw refusal
        } catch {
            logger.error("the keys could not be read", metadata: ["reason": "\(error)"])
            throw Problem.unavailable
        }
        try bounds.pass(claimant, of: peer)
        return claimant
    }

    /// What an upload is told that cannot be stored just now.
    func unavailable(_ error: any Error, _ what: String) -> Problem {
        health.fail("\(error)")
        return damaged(error, what)
    }

    /// The same where what is damaged is what the upload is about: the daemon can do its work for all others.
    func damaged(_ error: any Error, _ what: String) -> Problem {
        logger.error("\(what) could not be stored", metadata: ["reason": "\(error)"])
        return .unavailable
    }

    /// The length of the body that a head announces, if it does.
    static func announced(_ request: Request) -> Int? {
        request.headers[.contentLength].flatMap { Int($0) }
    }

    /// The type that a head says, without its parameters.
    static func mediaType(_ request: Request) -> String? {
        request.headers[.contentType]?.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    }
}
