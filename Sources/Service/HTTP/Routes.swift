import Hummingbird
import Logging
import NIOPosix

/// All that the daemon answers over HTTP.
func makeRouter(
    intake: Intake, workers: NIOThreadPool, clock: WallClock, logger: Logger
) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: Problems())
    BatchRoutes(intake: intake, clock: clock, logger: logger, workers: workers).add(to: router)
    for method in [HTTPRequest.Method.get, .head] {
        router.on("/healthz", method: method) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"status":"ok"}"#)))
        }
    }
    refuseOtherMethods(on: router, "/v1/batches", but: [.post])
    refuseOtherMethods(on: router, "/healthz", but: [.get, .head])
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
