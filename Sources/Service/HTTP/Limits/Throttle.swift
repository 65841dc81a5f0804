import Hummingbird

/// Counts every request against the rate of all, and against that of whoever sent it. Those that ask how the daemon is are always answered.
struct Throttle: RouterMiddleware {
    typealias Context = PeerContext
    let bounds: Bounds
    let isBehindProxy: Bool

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if !Self.free.contains(request.uri.path) {
            try bounds.request(of: context.peer(of: request, isBehindProxy: isBehindProxy))
        }
        return try await next(request, context)
    }

    private static let free = Set(HealthRoutes.paths)
}
