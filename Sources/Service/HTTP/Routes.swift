import Hummingbird
import Logging

/// All that the daemon answers over HTTP.
func makeRouter(
    intake: Intake, workers: BatchWorkers, bounds: Bounds, health: Health, clock: WallClock, logger: Logger
) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: Problems())
    router.add(middleware: Throttle(bounds: bounds))
    BatchRoutes(
        intake: intake, clock: clock, logger: logger, workers: workers, bounds: bounds, health: health
    ).add(to: router)
    HealthRoutes(health: health).add(to: router)
    refuseOtherMethods(on: router, "/v1/batches", but: [.post])
    for path in HealthRoutes.paths { refuseOtherMethods(on: router, RouterPath(path), but: [.get, .head]) }
    return router
}

/// 405 for the methods that a known path does not know.
private func refuseOtherMethods(
    on router: Router<BasicRequestContext>, _ path: RouterPath, but known: [HTTPRequest.Method]
) {
    let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options]
    for method in methods where !known.contains(method) {
        router.on(path, method: method) { _, _ -> Response in throw Problem.methodNotAllowed(known) }
    }
}
