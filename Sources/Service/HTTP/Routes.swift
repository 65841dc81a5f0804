import Hummingbird
import Logging
import Settlement
import Store

/// What the daemon answers over HTTP: each path with the methods it knows, as `/openapi.yaml` describes them.
let knownRoutes: [(path: String, methods: [HTTPRequest.Method])] =
    ReadingRoutes.paths.map { path in
        (path, ["/v1/batches", "/v1/disputes"].contains(path) ? [.get, .head, .post] : [.get, .head])
    } + HealthRoutes.paths.map { ($0, [.get, .head]) }

/// All that the daemon answers over HTTP.
func makeRouter(
    intake: Intake, tokens: TokenMemory, workers: BatchWorkers, readers: ReadingThreads, bounds: Bounds,
    isBehindProxy: Bool, health: Health, factor: UnusualFactor, reserve: DiskReserve, clock: WallClock,
    logger: Logger, measures: RequestMeasures = RequestMeasures(), met: LimitMeasures = LimitMeasures()
) -> Router<PeerContext> {
    let router = Router(context: PeerContext.self)
    let answers = AnswerRoom(
        folder: intake.store.folder,
        largestBytes: Receipt.mostBytes(ofBatch: intake.limitBytes, records: intake.limitRecords),
        reserve: reserve, met: met)
    router.add(middleware: Problems(measures: measures))
    router.add(middleware: Throttle(bounds: bounds, isBehindProxy: isBehindProxy))
    let door = UploadDoor(
        clock: clock, logger: logger, workers: workers, bounds: bounds, health: health,
        isBehindProxy: isBehindProxy)
    BatchRoutes(intake: intake, door: door, answers: answers).add(to: router)
    DisputeRoutes(intake: intake, door: door).add(to: router)
    ReadingRoutes(
        intake: intake, tokens: tokens, clock: clock, logger: logger, readers: readers, answers: answers,
        factor: factor
    ).add(to: router)
    HealthRoutes(health: health).add(to: router)
    for (path, methods) in knownRoutes { refuseOtherMethods(on: router, RouterPath(path), but: methods) }
    return router
}

/// 405 for the methods that a known path does not know.
func refuseOtherMethods(
    on router: Router<PeerContext>, _ path: RouterPath, but known: [HTTPRequest.Method]
) {
    let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .delete, .patch, .options, .trace, .query,
    ]
    for method in methods where !known.contains(method) {
        router.on(path, method: method) { request, _ -> Response in
            throw Problem.methodNotAllowed(known, found: request.method)
        }
    }
}

extension HTTPRequest.Method {
    /// RFC 9110 and the method that came after it.
    fileprivate static var query: HTTPRequest.Method {
        guard let method = HTTPRequest.Method("QUERY") else { preconditionFailure("QUERY is a token") }
        return method
    }
}
