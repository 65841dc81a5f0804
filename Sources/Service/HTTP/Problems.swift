import Hummingbird

/// Counts answers, and turns what Hummingbird itself refuses into problem details; the routes throw `Problem` on their
/// own.
struct Problems: RouterMiddleware {
    typealias Context = PeerContext
    let measures: RequestMeasures

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await answer(request, context: context, next: next)
        measures.answered(response.status)
        // A body behind the answer to HEAD would be read as the beginning of the next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response
        } catch let error as HTTPError {
            return (error.status == .notFound ? Problem.notFound : Problem.other(error.status)).response
        }
    }
}
