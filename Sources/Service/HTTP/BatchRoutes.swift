import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Settlement
import Signing

/// `POST /v1/batches`: a batch's bytes as the body, its signature as the header `Settled-Signature`.
struct BatchRoutes: Sendable {
    let intake: Intake
    let clock: WallClock
    let logger: Logger
    /// Where batches are checked and stored, so that no thread that serves sockets waits for the disk. Batches
    /// that wait on different threads share a commit.
    let workers: NIOThreadPool

    func add(to router: Router<BasicRequestContext>) {
        router.post("/v1/batches") { request, _ in try await upload(request) }
    }

    /// 201 with the receipt of a new batch, 200 with the first receipt of a copy; throws the problem of any
    /// other.
    private func upload(_ request: Request) async throws -> Response {
        let form = try form(of: request)
        let isDryRun = try Self.isDryRun(request)
        let signature = request.headers[.settledSignature]
        let bytes: [UInt8]
        do {
            bytes = try await body(of: request)
        } catch let refusal as BatchRefusal {
            if !isDryRun { await note(refusal, signature: signature) }
            throw Problem(refusal)
        }
        // The instant of receipt is the one at which the last byte is here.
        let received = clock.now
        return try await answer {
            guard isDryRun else {
                return .given(try intake.take(bytes, form: form, signature: signature, received: received))
            }
            return .rehearsed(
                try intake.rehearse(bytes, form: form, signature: signature, received: received))
        }
    }

    private enum Outcome: Sendable {
        case given(Intake.Answer)
        case rehearsed(Intake.Rehearsal)
    }

    private func answer(_ take: @escaping @Sendable () throws -> Outcome) async throws -> Response {
        do {
            switch try await workers.runIfActive(take) {
            case .given(.stored(let document, let receipt)):
                log("batch stored", receipt)
                return response(.created, document)
            case .given(.copy(let document)):
                let receipt = try Receipt(parsing: document.bytes)
                log("batch came again", receipt)
                return response(.ok, document)
            case .rehearsed(let rehearsal):
                return response(rehearsal)
            }
        } catch let refusal as BatchRefusal {
            logger.info("batch refused", metadata: ["code": "\(refusal.code.rawValue)"])
            throw Problem(refusal)
        } catch is CancellationError {
            throw Problem.unavailable
        } catch {
            logger.error("a batch could not be stored", metadata: ["reason": "\(error)"])
            throw Problem.unavailable
        }
    }

    private func log(_ message: Logger.Message, _ receipt: Receipt) {
        logger.info(
            message,
            metadata: [
                "merchant": "\(receipt.merchant)", "batch": "\(receipt.batch)",
                "records": "\(receipt.counts.records)", "accepted": "\(receipt.counts.accepted)",
                "refused": "\(receipt.counts.refused)",
            ])
    }

    private func note(_ refusal: BatchRefusal, signature: String?) async {
        let received = clock.now
        do {
            try await workers.runIfActive {
                try intake.noteUnread(refusal, signature: signature, received: received)
            }
        } catch {
            logger.error("a refusal could not be noted", metadata: ["reason": "\(error)"])
        }
    }

    /// Of a batch that would be new, the receipt without signature and seal: nobody can take it for one.
    private func response(_ rehearsal: Intake.Rehearsal) -> Response {
        switch rehearsal {
        case .new(let receipt):
            return Response(
                status: .ok, headers: [.contentType: "application/json", .settledDryRun: "true"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: receipt.bytes)))
        case .copy(let document):
            var response = response(.ok, document)
            response.headers[.settledDryRun] = "true"
            return response
        }
    }

    private func response(_ status: HTTPResponse.Status, _ document: SealedDocument) -> Response {
        let headers: HTTPFields = [
            .contentType: "application/json",
            .settledSignature: document.signature,
            .settledSeal: document.seal,
        ]
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes)))
    }
}

/// Reading a request.
extension BatchRoutes {
    private func form(of request: Request) throws(Problem) -> BatchForm {
        if let encoding = request.headers[.contentEncoding], Self.isGzip(encoding) == nil {
            throw .unsupportedEncoding(found: encoding)
        }
        let type = request.headers[.contentType]
        let essence = type?.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        guard let form = BatchForm.allCases.first(where: { $0.mediaType == essence }) else {
            throw .unsupportedMediaType(found: type)
        }
        return form
    }

    /// Nil for an encoding that is not read.
    private static func isGzip(_ encoding: String?) -> Bool? {
        switch encoding?.lowercased() {
        case nil, "identity": false
        case "gzip", "x-gzip": true
        default: nil
        }
    }

    private static func isDryRun(_ request: Request) throws(Problem) -> Bool {
        switch request.uri.queryParameters["dry_run"] {
        case nil, "false": false
        case "true": true
        default: throw .parameterMalformed("dry_run", expected: "true or false")
        }
    }

    /// The whole body, unpacked; throws the refusal `too_large` as soon as it is known, before more is kept.
    private func body(of request: Request) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > intake.limitBytes { throw intake.tooLarge }
        let gzip =
            Self.isGzip(request.headers[.contentEncoding]) == true
            ? GzipBody(limit: intake.limitBytes) : nil
        var bytes: [UInt8] = []
        if gzip == nil { bytes.reserveCapacity(announced ?? 0) }
        var count = 0
        for try await piece in request.body {
            count += piece.readableBytes
            guard count <= intake.limitBytes else { throw intake.tooLarge }
            if let gzip {
                try unpacked { () throws(GzipBody.Fault) in try gzip.append(piece) }
            } else {
                piece.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
            }
        }
        if let announced, announced != count { throw Problem.incomplete }
        if let gzip { return try unpacked { () throws(GzipBody.Fault) in try gzip.finish() } }
        return bytes
    }

    private func unpacked<Value>(_ body: () throws(GzipBody.Fault) -> Value) throws -> Value {
        do throws(GzipBody.Fault) { return try body() } catch {
            switch error {
            case .malformed: throw Problem.encodingMalformed
            case .tooLarge: throw intake.tooLarge
            }
        }
    }
}
