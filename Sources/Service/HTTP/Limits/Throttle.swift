import Hummingbird

/// Counts every request against the rate of all. Those that ask how the daemon is are always answered.
struct Throttle: RouterMiddleware {
    typealias Context = BasicRequestContext
    let bounds: Bounds

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if !Self.free.contains(request.uri.path) { try bounds.request() }
        return try await next(request, context)
    }

    private static let free = Set(HealthRoutes.paths)
}
