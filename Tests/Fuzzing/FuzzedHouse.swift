import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Service
import Settlement
import Signing
import Synchronization

/// What came back, read to its end.
struct FuzzedAnswer: CustomStringConvertible {
    let status: Int
    let type: String?
    let body: [UInt8]
    /// Whether the request's body was looked at for it.
    let hangsOnBody: Bool

    /// The `code` of problem details.
    var code: String? { (try? JSONValue(parsing: body))?["code"]?.string }

    var description: String { "\(status) \(type ?? "") \(String(decoding: body.prefix(500), as: UTF8.self))" }
}

/// An alliance in a folder of its own, with all routes and no socket.
///
/// What inputs store stays until the house is let go of: after so many inputs there is a new one.
final class FuzzedHouse: Sendable {
    private let path: String
    private let open: OpenFolder
    private let routes: RouteAnswers
    private let channel = NIOAsyncTestingChannel()

    /// The house that inputs meet, one at a time.
    static let shared = Street()

    /// Puts a new house in place of one that is full.
    actor Street {
        private var house: FuzzedHouse?
        private var inputs = 0

        func current() async throws(BrokenPromise) -> FuzzedHouse {
            inputs += 1
            if let house, !inputs.isMultiple(of: 20_000) { return house }
            await house?.close()
            do {
                let made = try FuzzedHouse()
                house = made
                return made
            } catch {
                throw BrokenPromise("an alliance is founded: \(error)")
            }
        }
    }

    private init() throws {
        path = "\(Self.scratch)/settled-fuzz-\(UUID().uuidString)"
        let founding = try Founding(alliance: Sample.alliance, at: path, now: Sample.founded)
        open = try founding.folder.open()
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        // Small, so that inputs can be too large.
        let intake = open.intake(limitBytes: 1 << 16)
        routes = RouteAnswers(
            intake: intake, limits: Self.limits, clock: .standing(at: Sample.received), logger: logger)
        let made = path
        Self.paths.withLock { paths in
            paths.append(made)
            if paths.count == 1 { atexit { FuzzedHouse.removeAll() } }
        }
    }

    /// In memory, where the system has a folder there and nobody wants another: much is written durably.
    private static let scratch: String = {
        let memory = "/dev/shm"
        let isWanted = ProcessInfo.processInfo.environment["TMPDIR"] == nil
        return isWanted && FileManager.default.isWritableFile(atPath: memory)
            ? memory : NSTemporaryDirectory()
    }()

    private static let paths = Mutex<[String]>([])

    private static func removeAll() {
        for path in paths.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    private func close() async {
        try? await routes.shutdownGracefully()
        open.shut()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A signature by one of the merchants' keys or the operator's; nil for another key id.
    func sign(_ keyID: String, _ bytes: [UInt8]) -> String? {
        let master = open.master
        let keys = [
            master.batchKey(merchant: "M", version: 1), master.batchKey(merchant: "N", version: 1),
            master.operatorKey(version: 1),
        ]
        return keys.first { $0.id == keyID }?.sign(bytes)
    }

    /// Nobody is refused for coming often.
    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.requestsPerSecond = 1_000_000
        limits.requestsPerSecondPerPeer = 1_000_000
        limits.unknownPerSecond = 1_000_000
        return limits
    }
}

extension FuzzedHouse {
    /// Sends the request, its body in pieces of so many bytes.
    func answer(
        _ request: FuzzedRequest, pieceBytes: Int
    ) async throws(BrokenPromise) -> FuzzedAnswer {
        let pieces = FuzzedBody(request.body, pieceBytes: pieceBytes)
        do {
            let response = try await routes.answer(
                Request(head: request.head, body: RequestBody(asyncSequence: pieces)),
                channel: channel)
            let body = WholeBody()
            try await response.body.write(body)
            return FuzzedAnswer(
                status: response.status.code, type: response.headers[.contentType], body: body.bytes,
                hangsOnBody: pieces.isLookedAt)
        } catch {
            throw BrokenPromise("every request is answered, this one threw \(error)")
        }
    }
}

/// Keeps what is written of an answer.
private final class WholeBody: ResponseBodyWriter, Sendable {
    private let written = Mutex<[UInt8]>([])

    var bytes: [UInt8] { written.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        written.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
