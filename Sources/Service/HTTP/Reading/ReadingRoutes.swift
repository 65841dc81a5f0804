import Hummingbird
import Logging
import NIOCore
import Settlement
import Store

/// What a merchant reads of its own side, the operator of the alliance's, and what anybody may read.
struct ReadingRoutes: Sendable {
    private let authority: ReadingAuthority
    private let shelf: ReadingShelf
    private let previews: PreviewDesk
    private let clock: WallClock
    private let logger: Logger
    private let readers: ReadingThreads
    private let answers: AnswerRoom

    init(
        intake: Intake, tokens: TokenMemory, clock: WallClock, logger: Logger, readers: ReadingThreads,
        answers: AnswerRoom, factor: UnusualFactor
    ) {
        // Threads that store batches stand back; who reads is not to wait until they get on.
        let store = intake.store.forReaders
        authority = ReadingAuthority(store: store, keys: intake.keys.forReaders, used: tokens)
        shelf = ReadingShelf(store: store, signer: intake.signer, answers: answers)
        previews = PreviewDesk(
            closer: PeriodCloser(store: intake.store, signer: intake.signer), factor: factor)
        self.clock = clock
        self.logger = logger
        self.readers = readers
        self.answers = answers
    }

    /// The paths, each answered to GET and HEAD. Behind `/v1/` a merchant sees its own side only.
    static let paths: [String] =
        routes.map(\.path) + [previewPath] + open.map(\.path)

    /// For the operator only.
    private static let previewPath = "/v1/closings/preview"

    private typealias Read = @Sendable (ReadingShelf, ReadingRequest) throws -> Representation

    private static let routes: [(path: String, read: Read)] = [
        ("/v1/batches", { try $0.batches($1) }),
        ("/v1/batches/missing", { try $0.missing($1) }),
        ("/v1/batches/{batch}", { try $0.receipt($1) }),
        ("/v1/statements", { try $0.statements($1) }),
        ("/v1/statements/{period}/explain", { try $0.explanation($1) }),
        ("/v1/statements/{period}/{file}", { try $0.statementFile($1) }),
        ("/v1/disputes", { try $0.disputes($1) }),
        ("/v1/disputes/{number}", { try $0.dispute($1) }),
        ("/v1/terms", { try $0.terms($1) }),
        ("/v1/points", { try $0.points($1) }),
    ]

    private static let open: [(path: String, read: @Sendable (ReadingShelf) -> Representation)] = [
        ("/.well-known/jwks.json", { $0.sealKeys }),
        ("/openapi.yaml", { _ in Published.description }),
        ("/README.md", { _ in Published.manual }),
    ]

    func add(to router: Router<PeerContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            for (path, read) in Self.routes {
                router.on(RouterPath(path), method: method) { request, context in
                    try await answer(request, context, read)
                }
            }
            router.on(RouterPath(Self.previewPath), method: method) { request, _ in
                try await preview(request)
            }
            for (path, read) in Self.open {
                router.on(RouterPath(path), method: method) { request, _ in
                    try response(read(shelf), to: request, of: .anybody)
                }
            }
        }
    }

    private func answer(
        _ request: Request, _ context: PeerContext, _ read: @escaping Read
    ) async throws -> Response {
        try await reading(request, for: .merchants) { reader, now in
            guard case .merchant(let merchant) = reader else {
                preconditionFailure("a token that reads for merchants is a merchant's")
            }
            return try read(
                shelf, ReadingRequest(request, context, merchant: merchant, received: now))
        }
    }

    private func preview(_ request: Request) async throws -> Response {
        try await reading(request, for: .operators) { _, now in try previews.preview(at: now) }
    }

    /// What the token of a request may read. It is used up by any answer but one that says when to come again: what was
    /// asked for is made, and room for it taken, before.
    private func reading(
        _ request: Request, for side: ReadingToken.Side,
        _ read: @escaping @Sendable (ReadingToken.Reader, _ now: Instant) throws -> Representation
    ) async throws -> Response {
        return try await reading { [clock] in
            let now = clock.now
            let token = try authority.token(request.headers[.authorization], for: side, at: now)
            let found = Result {
                try response(read(token.reader, now), to: request, of: .reader(token.reader))
            }
            if case .failure(let error) = found, Self.isForLater(error) { throw error }
            // It may have taken its time to be read.
            try authority.use(token, at: clock.now)
            return try found.get()
        }
    }

    /// Whether the same may be asked again at another time.
    private static func isForLater(_ error: any Error) -> Bool {
        (error as? Problem).map { $0.retryAfter != nil } ?? true
    }

    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await readers.run(body)
        } catch let problem as Problem {
            throw problem
        } catch let refusal as TokenRefusal {
            logger.info("reading refused", metadata: ["code": "\(refusal.code.rawValue)"])
            throw Problem(refusal)
        } catch is CancellationError {
            throw Problem.unreadable
        } catch {
            logger.error("what was asked for could not be read", metadata: ["reason": "\(error)"])
            throw Problem.unreadable
        }
    }
}

/// Answers.
extension ReadingRoutes {
    /// Throws `busy` where there is no room for a long answer, and trouble with the disk. It blocks while it writes one.
    private func response(
        _ representation: Representation, to request: Request, of recipient: AnswerRoom.Recipient
    ) throws -> Response {
        let fields = representation.digest?.fields ?? [.cacheControl: "no-store"]
        if let digest = representation.digest, digest.isNamed(by: request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: fields)
        }
        var all: HTTPFields = [.contentType: representation.type]
        all.append(contentsOf: fields)
        all.append(contentsOf: representation.headers)
        let body = try content(of: representation, isHead: request.method == .head, to: recipient)
        return Response(status: .ok, headers: all, body: body)
    }

    private func content(
        of representation: Representation, isHead: Bool, to recipient: AnswerRoom.Recipient
    ) throws -> ResponseBody {
        switch representation {
        case .bytes(let bytes, _, _, _) where isHead:
            // Its length is all that is told of it.
            return ResponseBody(contentLength: bytes.count) { writer in try await writer.finish(nil) }
        case .bytes(let bytes, _, _, _):
            return try AnswerBytes(bytes, to: recipient, in: answers).body { read in
                try await readers.run(read)
            }
        case .published(let bytes, _, _): return ResponseBody(byteBuffer: bytes)
        case .details(let file, _): return file.map(body) ?? ResponseBody()
        }
    }

    /// Piece after piece, the next one read when the reader has taken the last.
    private func body(of file: DetailsFile) -> ResponseBody {
        ResponseBody(contentLength: file.bytes) { writer in
            var offset = 0
            while offset < file.bytes {
                let place = offset
                let piece = try await readers.run { try file.piece(at: place) }
                guard piece.readableBytes > 0 else { throw Problem.unreadable }
                offset += piece.readableBytes
                try await writer.write(piece)
                try await AnswerChannel.catchUp()
            }
            try await writer.finish(nil)
        }
    }
}
