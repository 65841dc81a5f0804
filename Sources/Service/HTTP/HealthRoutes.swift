import Hummingbird

/// `GET /healthz`: the daemon answers. `GET /readyz`: it can do its work, or why not.
struct HealthRoutes: Sendable {
    let health: Health

    static let paths = ["/healthz", "/readyz"]

    func add(to router: Router<PeerContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/healthz", method: method) { _, _ in Self.answer("ok") }
            router.on("/readyz", method: method) { _, _ in
                if let reason = health.reason() { throw Problem.notReady(reason) }
                return Self.answer("ready")
            }
        }
    }

    private static func answer(_ status: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"status":"\#(status)"}"#)))
    }
}
