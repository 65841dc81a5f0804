import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// What a report says of places where the id of a forgotten member stands all the same.
@Suite("Where a forgotten member's id is left")
struct LeftElsewhereTests {
    private static let member = MemberID(verified: "8012")

    /// A batch of which three records have the id in another field: one of another member, and one that was refused alone.
    private static func batch() -> [UInt8] {
        func record(_ id: String, _ member: String, store: String? = nil, ref: String? = nil)
            -> Settlement.Record
        {
            Settlement.Record(
                id: RecordID(verified: id), type: ref == nil ? .earn : .earnReversal,
                member: MemberID(verified: member), points: Points(10), at: instant("2026-01-10T10:00:00Z"),
                ref: ref.map { RecordID(verified: $0) }, store: store.map { StoreID(verified: $0) })
        }
        let records = [
            record("8012-20260110-1", "8012", store: "S"), record("r-2", "8012", store: "S/8012"),
            record("r-3", "8012", store: "S80123"), record("r-4", "ana", ref: "8012-20260110-1"),
        ]
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B-1"), sequence: 1, for: records)
        return BatchWriter.bytes(header, records, form: .ndjson)
    }

    private func request(_ open: OpenFolder, isDryRun: Bool = false) -> MemberForgetting.Request {
        MemberForgetting.Request(
            folder: open, member: Self.member, person: PersonName(verified: "ana"), reason: "asked",
            isDryRun: isDryRun, at: instant("2026-01-21T00:00:00Z"))
    }

    @Test("Records that have it as a word in another field are counted, and stay; a dry run says so too")
    func fields() throws {
        let estate = try Estate()
        _ = try estate.take(Self.batch())
        for isDryRun in [true, false] {
            let done = try MemberForgetting(request(estate.open, isDryRun: isDryRun))
            #expect(done.counts?.batches == 1 && done.elsewhere.records == 3)
            #expect(
                done.lines.contains { $0.hasSuffix(": 3 records have it there as a word") }, "\(done.lines)")
            let json = try members(Array(done.json.utf8))
            #expect((json["elsewhere"] as? [String: Any])?["records"] as? Int == 3)
        }
        let bytes = try #require(try estate.open.store.arrival(1)).bytes
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""store":"S/8012""#))
        let again = try MemberForgetting(request(estate.open))
        #expect(again.counts == nil && again.elsewhere.records == nil)
    }

    @Test("The last backup is named unless it is from after the member was forgotten")
    func backups() throws {
        let story = try ArchivedStory()
        func backUp(_ name: String, at now: String) throws {
            let backup = try Backup(
                Backup.Request(
                    data: story.folder, target: story.scratch.file(name), isPacked: false, keep: nil,
                    at: instant(now)))
            try LastBackup.note(backup, keep: nil, at: instant(now), in: story.folder.path)
        }
        func isNamed(_ name: String, by report: MemberForgetting) -> Bool {
            report.elsewhere.backup?.file.hasSuffix("/\(name).sqlite") == true
        }
        // The story forgets on 2 May.
        try backUp("before.sqlite", at: "2026-05-01T12:00:00Z")
        for isFirst in [true, false] {
            let done = try story.forget("ben")
            #expect((done.counts != nil) == isFirst && isNamed("before", by: done))
        }
        try backUp("after.sqlite", at: "2026-05-02T12:00:00Z")
        let again = try story.forget("ben")
        #expect(again.counts == nil && again.elsewhere.backup == nil)
        #expect(!again.lines.joined().contains("after.sqlite") && !again.json.contains("after.sqlite"))
        // Of somebody else it is one from before.
        let other = try story.forget("ana", isDryRun: true, by: "bea")
        #expect(isNamed("after", by: other))
    }
}
