import Hummingbird
import Logging
import NIOCore
import Settlement
import Signing
import Store

/// `POST /v1/disputes`: what a merchant contests as the body, its signature as the header `Settled-Signature`.
struct DisputeRoutes: Sendable {
    let intake: Intake
    let door: UploadDoor

    static let mediaType = "application/json"

    func add(to router: Router<PeerContext>) {
        router.post("/v1/disputes") { request, context in
            try await contest(request, from: context.peer(of: request, isBehindProxy: door.isBehindProxy))
        }
    }

    /// 201 with what was opened, 200 with the same of a copy; throws the problem of any other.
    private func contest(_ request: Request, from known: Peer?) async throws -> Response {
        do {
            return try await answer(request, from: known)
        } catch let refusal as BatchRefusal {
            throw told(Problem(refusal))
        } catch let refusal as ContestRefusal {
            throw told(Problem(refusal))
        }
    }

    private func answer(_ request: Request, from known: Peer?) async throws -> Response {
        try Self.check(request)
        let signature = request.headers[.settledSignature]
        let claimant = try await door.claimant(from: known) { now in
            try intake.foresee(signature: signature, bytes: nil, at: now)
        }
        let peer = known ?? .claimant(claimant)
        var place = try door.bounds.enter(peer)
        let bytes = try await body(of: request, in: &place)
        // The instant of receipt is the one at which the last byte is here.
        let received = door.clock.now
        let answer = try await stored(bytes, of: peer) {
            try intake.contest(bytes, signature: signature, received: received)
        }
        place.keep()
        return response(answer)
    }

    private func stored(
        _ bytes: [UInt8], of peer: Peer, _ contest: @escaping @Sendable () throws -> ContestAnswer
    ) async throws -> ContestAnswer {
        do {
            return try await door.workers.run(bytes: Self.weight(of: bytes), of: peer, contest)
        } catch let refusal as BatchRefusal {
            throw refusal
        } catch let refusal as ContestRefusal {
            throw refusal
        } catch is CancellationError {
            throw Problem.unavailable
        } catch let trouble as StoreTrouble where trouble.isDamage {
            throw door.damaged(trouble, "a dispute")
        } catch let failure as Failure {
            // A statement that cannot be read.
            throw door.damaged(failure, "a dispute")
        } catch {
            throw door.unavailable(error, "a dispute")
        }
    }

    /// The bytes of which a contest is as much work. For a line its whole statement is read: one at a time, as large
    /// batches are.
    static func weight(of bytes: [UInt8]) -> Int {
        guard case .line? = (try? Contest(parsing: bytes))?.subject else { return bytes.count }
        return max(bytes.count, BatchWorkers.heavyBytes)
    }

    private func response(_ answer: ContestAnswer) -> Response {
        let (dispute, document) = (answer.contested.dispute, answer.document)
        let status: HTTPResponse.Status
        switch answer.contested {
        case .opened:
            door.health.succeed()
            status = .created
        case .copy: status = .ok
        }
        door.logger.info(
            status == .created ? "dispute opened" : "dispute came again",
            metadata: ["merchant": "\(dispute.merchant)", "dispute": "\(dispute.number)"])
        return Response(
            status: status,
            headers: [
                .contentType: Self.mediaType, .cacheControl: "no-store",
                .settledSignature: document.signature, .settledSeal: document.seal,
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes)))
    }

    private func told(_ problem: Problem) -> Problem {
        door.logger.info("dispute refused", metadata: ["code": "\(problem.code)"])
        return problem
    }

    // MARK: Reading a request

    /// What can be refused by its head.
    private static func check(_ request: Request) throws {
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem.unsupportedEncoding(found: encoding, expected: "none")
        }
        guard UploadDoor.mediaType(request) == mediaType else {
            throw Problem.unsupportedMediaType(found: request.headers[.contentType], expected: mediaType)
        }
        if let announced = UploadDoor.announced(request), announced > Contest.mostBytes {
            throw Contest.tooLarge(found: "\(announced) bytes")
        }
    }

    /// The whole body. Throws `contest_too_large` as soon as it is known.
    private func body(of request: Request, in place: inout Place) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        await Expectation.meet()
        do {
            for try await piece in request.body {
                guard bytes.count + piece.readableBytes <= Contest.mostBytes else {
                    throw Contest.tooLarge(found: "more")
                }
                try place.hold(piece.readableBytes)
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch is BodyPace.TooSlow {
            door.bounds.metTooSlow()
            throw Problem.tooSlow
        }
        if let announced = UploadDoor.announced(request), announced != bytes.count {
            throw Problem.incomplete(expected: announced, found: bytes.count)
        }
        return bytes
    }
}
