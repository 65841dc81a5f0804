import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// All that is held about a member, in one document.
@Suite("What is held about a member")
struct MemberFileTests {
    private static let story = Result { try LongStory() }
    private static let at = instant("2026-05-01T00:00:00Z")

    private func file(_ member: String) throws -> MemberFile {
        try MemberFile(of: MemberID(verified: member), in: Self.story.get().folder, at: Self.at)
    }

    @Test("Its records of all merchants, each with what brought it and how it stands")
    func records() throws {
        let ana = try file("ana")
        #expect(ana.records.map(\.origin.record.id.text) == ["m1", "m3", "n1", "n2", "n3", "p1", "m6"])
        #expect(
            ana.records.map(\.state) == [
                .settled(period: 0), .settled(period: 0), .settled(period: 0), .settled(period: 1),
                .refused(.originalUnknown, period: 2), .settled(period: 1), .open(period: 3),
            ])
        #expect(ana.records[3].origin.late && ana.records[3].origin.batch.batch.text == "B-2")
        #expect(ana.records.allSatisfy { $0.origin.record.member == ana.member })
        #expect(ana.copies.isEmpty && ana.unread.isEmpty && ana.debts.isEmpty)
        #expect(
            Dictionary(uniqueKeysWithValues: ana.lots.map { ($0.id.text, $0.open.count) })
                == ["m1": 50, "n2": 10, "p1": 70])
        #expect(ana.chapters.map(\.period.id) == ["2026-01", "2026-02", "2026-03"])
        #expect(ana.chapters[0].movements.map(\.kind) == [.issue, .allocation, .allocation])
        #expect(ana.disputes.map(\.number) == [3])
    }

    @Test("Lines that became no record are held too, as the batch's bytes are")
    func copies() throws {
        let ben = try file("ben")
        #expect(ben.records.map(\.origin.record.id.text) == ["m2", "p2", "p3", "n4"])
        #expect(ben.copies.map(\.line) == [4] && ben.copies[0].code == nil)
        #expect(ben.copies[0].record.id.text == "m2" && ben.copies[0].batch.batch.text == "B-4")
        let dan = try file("dan")
        #expect(dan.records.isEmpty && !dan.isEmpty)
        #expect(dan.copies.map(\.code) == [.pointsExceedTerms])
    }

    @Test("Rows of DETAILS.csv are as many as the files have")
    func details() throws {
        let store = try Self.story.get().folder.openStore()
        defer { try? store.shut() }
        for name in ["ana", "ben", "cem"] {
            for chapter in try file(name).chapters {
                var rows: [MerchantID: [UInt8]] = [:]
                try store.details(period: chapter.period.ordinal) { rows[$0, default: []] += $1 }
                let found = rows.mapValues { bytes in
                    String(decoding: bytes, as: UTF8.self).split(separator: "\n").count {
                        let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
                        return cells.count > 4 && cells[4] == name
                    }
                }.filter { $0.value > 0 }
                let told = Dictionary(
                    uniqueKeysWithValues: chapter.details.map { ($0.merchant, Int($0.rows)) })
                #expect(told == found && !told.isEmpty, "\(name) in \(chapter.period.id)")
            }
        }
    }

    @Test("It is one JSON document, and a text that says the same")
    func documents() throws {
        let ben = try file("ben")
        let json = try members(Array(ben.json.utf8))
        #expect(json["format"] as? String == "settled-member/1" && json["member"] as? String == "ben")
        let records = try #require(json["records"] as? [[String: Any]])
        #expect(records.map { $0["state"] as? String } == ["settled", "settled", "settled", "settled"])
        #expect(records.map { $0["ended"] as? String } == ["2026-01", "2026-02", "2026-02", "2026-03"])
        #expect(records[2]["ref"] as? String == "p2" && records[0]["line"] as? Int == 3)
        let periods = try #require(json["periods"] as? [[String: Any]])
        #expect(periods.compactMap { ($0["movements"] as? [Any])?.count } == [1, 2, 1])
        #expect((json["lots"] as? [Any])?.count == 2 && (json["copies"] as? [Any])?.count == 1)
        let text = ben.lines.joined(separator: "\n")
        #expect(
            text.hasPrefix("member ben of test, as of 2026-05-01T00:00:00+00:00\n\nrecords: 4\n"), "\(text)")
        for part in [
            "  redeem P/p2 of 50 points at 2026-02-07T11:00:00+00:00: batch B-1 line 3; settled in 2026-02",
            "earn M/m2 of 50 points at 2026-01-04T11:00:00+00:00: batch B-4 line 4; equal, ignored",
            "M/m2: 20 open of 50 points of M, never expires",
            "  rows of DETAILS.csv of P: ",
        ] { #expect(text.contains(part), "\(part): \(text)") }
        #expect(try file("cem").lines.contains { $0.contains("dispute 4 of M, record m4") })
    }

    @Test("Of nobody nothing is held")
    func nobody() throws {
        let nobody = try file("nobody")
        #expect(nobody.isEmpty && nobody.lines == ["nothing is held about this member"])
        #expect(try members(Array(nobody.json.utf8))["records"] as? [String] == [])
    }

    @Test("With its batches in an archive it is the same, lines that became no record where that is at hand")
    func archived() throws {
        let story = try ArchivedStory()
        let archive = try #require(try story.retain().archive)
        func file(_ archives: [String]) throws -> MemberFile {
            try MemberFile(
                of: MemberID(verified: "ben"), in: story.folder, archives: archives.map(story.scratch.file),
                at: Self.at)
        }
        let (apart, beside, stored) = (try file([]), try file(["a.zst"]), try self.file("ben"))
        for found in [apart, beside] {
            #expect(found.records.map(\.origin.record) == stored.records.map(\.origin.record))
            #expect(found.records.map(\.origin.line) == stored.records.map(\.origin.line))
            #expect(found.records.map(\.state) == stored.records.map(\.state) && found.lots == stored.lots)
        }
        #expect(apart.copies.isEmpty && apart.unread == [archive])
        #expect(apart.lines.last?.hasPrefix("not looked through, for lines that became no record: ") == true)
        #expect(apart.json.contains(#""unread_archives":[{"name":"a.zst","digest":"\#(archive.digest)"}]"#))
        #expect(beside.copies.map(\.record) == stored.copies.map(\.record) && beside.unread.isEmpty)
        #expect(
            beside.lines.contains { $0.contains("batch B-4 line 4 in the archive a.zst, \(archive.digest)") })
    }
}
