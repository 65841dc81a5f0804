import Hummingbird
import Logging
import NIOCore
import Settlement
import Signing

/// `POST /v1/batches`: a batch's bytes as the body, its signature as the header `Settled-Signature`.
struct BatchRoutes: Sendable {
    let intake: Intake
    let door: UploadDoor
    let answers: AnswerRoom

    var logger: Logger { door.logger }
    var health: Health { door.health }
    private var clock: WallClock { door.clock }
    private var workers: BatchWorkers { door.workers }

    func add(to router: Router<PeerContext>) {
        router.post("/v1/batches") { request, context in
            try await upload(request, from: context.peer(of: request, isBehindProxy: door.isBehindProxy))
        }
    }

    /// 201 with the receipt of a new batch, 200 with the first receipt of a copy; throws the problem of any
    /// other. What can be refused by its head is refused before its body is read.
    private func upload(_ request: Request, from known: Peer?) async throws -> Response {
        let form = try form(of: request)
        let isDryRun = try Self.isDryRun(request)
        let signature = request.headers[.settledSignature]
        let claimant = try await claimant(of: request, from: known, signature: signature, isDryRun: isDryRun)
        let peer = known ?? .claimant(claimant)
        var place = try door.bounds.enter(peer)
        let body: UploadedBytes
        let begun = ContinuousClock.now
        do {
            body = try await self.body(of: request, in: &place)
        } catch let refusal as BatchRefusal {
            logger.say(.refused(refusal.code.rawValue, bytes: 0, took: .now - begun))
            if !isDryRun { await note(refusal, signature: signature) }
            throw Problem(refusal)
        } catch let failure as Failure {
            throw unavailable(failure)
        }
        // The instant of receipt is the one at which the last byte is here.
        let received = clock.now
        let response = try await answer(body, of: peer) { bytes in
            isDryRun
                ? try rehearse(bytes, form: form, signature: signature, received: received, from: peer)
                : try take(bytes, form: form, signature: signature, received: received, from: peer)
        }
        place.keep()
        return response
    }

    /// Whose upload it is, as far as its head says; counted against the claimant's rate.
    private func claimant(
        of request: Request, from peer: Peer?, signature: String?, isDryRun: Bool
    ) async throws -> Claimant {
        let announced = UploadDoor.announced(request)
        let begun = ContinuousClock.now
        do {
            return try await door.claimant(from: peer) { now in
                try intake.foresee(signature: signature, bytes: announced, at: now)
            }
        } catch let refusal as BatchRefusal {
            logger.say(.refused(refusal.code.rawValue, bytes: 0, took: .now - begun))
            if !isDryRun { await note(refusal, signature: signature) }
            throw Problem(refusal)
        }
    }

    private func answer(
        _ body: UploadedBytes, of peer: Peer, _ take: @escaping @Sendable ([UInt8]) throws -> Verdict
    ) async throws -> Response {
        let (begun, count) = (ContinuousClock.now, body.count)
        let refused = { @Sendable (refusal: BatchRefusal) in
            BatchLine.refused(refusal.code.rawValue, bytes: count, took: .now - begun)
        }
        do {
            let verdict = try await workers.run(bytes: count, of: peer) {
                do { return try take(try body.inMemory()) } catch let refusal as BatchRefusal {
                    // A page that lists many is made while no other large batch is in memory.
                    guard refusal.records.count > Self.manyRecords else { throw refusal }
                    return try self.verdict(of: refusal, from: peer, said: refused(refusal))
                }
            }
            if let said = verdict.said { logger.say(said) }
            return Response(
                status: verdict.status, headers: verdict.headers,
                body: verdict.bytes.body { read in try await workers.aside(read) })
        } catch let refusal as BatchRefusal {
            logger.say(refused(refusal))
            throw Problem(refusal)
        } catch let problem as Problem {
            // There is no room for the answer, which says nothing of the store.
            throw problem
        } catch is CancellationError {
            throw Problem.unavailable
        } catch {
            throw unavailable(error)
        }
    }

    private func unavailable(_ error: any Error) -> Problem { door.unavailable(error, "a batch") }

    private func note(_ refusal: BatchRefusal, signature: String?) async {
        let received = clock.now
        do {
            try await workers.run {
                try intake.noteUnread(refusal, signature: signature, received: received)
            }
        } catch {
            logger.error("a refusal could not be noted", metadata: ["reason": "\(error)"])
        }
    }
}

/// Reading a request.
extension BatchRoutes {
    private func form(of request: Request) throws(Problem) -> BatchForm {
        _ = try encoding(of: request)
        let type = UploadDoor.mediaType(request)
        guard let form = BatchForm.allCases.first(where: { $0.mediaType == type }) else {
            throw .unsupportedMediaType(found: request.headers[.contentType], expected: BatchForm.mediaTypes)
        }
        return form
    }

    private func encoding(of request: Request) throws(Problem) -> ContentEncoding {
        let header = request.headers[.contentEncoding]
        guard let encoding = ContentEncoding(header: header) else {
            throw .unsupportedEncoding(found: header ?? "none", expected: "gzip, zstd or none")
        }
        return encoding
    }

    private static func isDryRun(_ request: Request) throws(Problem) -> Bool {
        switch request.uri.queryParameters["dry_run"].map(String.init) {
        case nil, "false": false
        case "true": true
        case let found?: throw .parameterMalformed("dry_run", expected: "true or false", found: found)
        }
    }

    /// The whole body, unpacked; throws the refusal `too_large` as soon as it is known, before more is kept.
    private func body(of request: Request, in place: inout Place) async throws -> UploadedBytes {
        let announced = UploadDoor.announced(request)
        var body = UploadBody(
            try encoding(of: request), announced: announced, intake: intake, workers: workers)
        await Expectation.meet()
        do {
            for try await piece in request.body { try await body.append(piece, in: &place) }
        } catch is BodyPace.TooSlow {
            door.bounds.metTooSlow()
            throw Problem.tooSlow
        }
        if let announced, announced != body.count {
            throw Problem.incomplete(expected: announced, found: body.count)
        }
        return try body.finish()
    }
}
