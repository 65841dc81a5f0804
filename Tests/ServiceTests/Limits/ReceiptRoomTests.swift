import HTTPTypes
import Logging
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("Room for the receipts of batches")
struct ReceiptRoomTests {
    private let estate: Estate
    private let routes: BatchRoutes
    private let answers: AnswerRoom

    /// Every peer has room for one long receipt.
    init() throws {
        estate = try Estate()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        answers = AnswerRoom(folder: estate.open.store.folder, memoryBytes: 0, files: 7)
        let door = UploadDoor(
            clock: .standing(at: Estate.received), logger: logger, workers: BatchWorkers(atOnce: true),
            bounds: Bounds(ServerLimits(), largestBytes: 1 << 20, leastBytes: UploadBody.mostBytesInMemory),
            health: Health(logger: logger), isBehindProxy: false)
        routes = BatchRoutes(intake: estate.intake, door: door, answers: answers)
    }

    /// All of its records are refused, and listed.
    private static func refused(_ sequence: Int64) -> [UInt8] {
        Estate.batch("B-\(sequence)", sequence: sequence, records: 1_000, at: "2025-12-31T10:00:00Z")
    }

    private func take(_ bytes: [UInt8], from number: UInt32 = 1) throws -> BatchRoutes.Verdict {
        try routes.take(
            bytes, form: .ndjson, signature: estate.merchantKey.sign(bytes), received: Estate.received,
            from: .address(number))
    }

    private func problem(_ body: () throws -> BatchRoutes.Verdict) -> Problem? {
        do { _ = try body() } catch { return error as? Problem }
        return nil
    }

    private var stored: [String] {
        get throws {
            try estate.open.store.batches(of: MerchantID(verified: "M")).map(\.summary.batch.text).sorted()
        }
    }

    @Test("A batch whose receipt finds no room is not stored, and may come again when there is some")
    func noRoom() throws {
        var unread: BatchRoutes.Verdict? = try take(Self.refused(1))
        #expect(unread?.status == .created)
        #expect(answers.underWay.files == 1)
        let told = problem { try take(Self.refused(2)) }
        #expect(told?.code == "busy" && told?.retryAfter != nil && told?.status.code == 503)
        #expect(try stored == ["B-1"])
        #expect(try take(Self.refused(2), from: 2).status == .created, "another has room of its own")
        #expect(try take(Estate.batch("B-9", sequence: 9)).status == .created, "a short one takes none")

        #expect(problem { try take(Self.refused(1)) }?.code == "busy", "a copy wants room as well")
        unread = nil
        #expect(answers.underWay.files == 0)
        #expect(try take(Self.refused(1)).status == .ok)
        #expect(try take(Self.refused(3)).status == .created)
        #expect(try stored == ["B-1", "B-2", "B-3", "B-9"])
    }
}
