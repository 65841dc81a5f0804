import Foundation
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

@Suite("Deliveries to folders")
struct FolderCourierTests {
    private static let alliance = Estate.alliance.replacing(
        "  name: Merchant M", with: "  name: Merchant M\n  delivery: {folder: true}", maxReplacements: 1
    )
    .replacing("merchants:\n", with: "delivery: {folder: true}\nmerchants:\n")

    /// January is closed: a receipt, a statement, the closing; a gap in M's sequence.
    private func estate() throws -> Estate {
        let estate = try Estate(alliance: Self.alliance)
        _ = try estate.take(Estate.batch("a/b:c", sequence: 2))
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-03T00:00:00Z"))
        return estate
    }

    private func deliver(_ estate: Estate, to out: String) throws {
        let courier = FolderCourier(root: out, store: estate.open.store)
        for delivery in try estate.open.store.deliveries(DeliveryFilter(all: true)) {
            try courier.deliver(delivery)
        }
    }

    private func files(_ out: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: out).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: out + "/" + $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    @Test("They stand by receiver and period, whole, and the same again changes nothing")
    func whole() throws {
        let estate = try estate()
        let out = try Scratch()
        let path = out.file("out")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try deliver(estate, to: path)
        let found = try files(out.file("out"))
        let notice = try #require(found.first { $0.hasPrefix("M/notices/") })
        #expect(
            found == [
                "M/2026-01/DETAILS.csv", "M/2026-01/STATEMENT.json", "M/2026-01/STATEMENT.json.jws",
                "M/2026-01/STATEMENT.json.seal", notice, "M/receipts/a%2Fb%3Ac/RECEIPT.json",
                "M/receipts/a%2Fb%3Ac/RECEIPT.json.jws", "M/receipts/a%2Fb%3Ac/RECEIPT.json.seal",
                "operator/2026-01/CLOSING.json", "operator/2026-01/CLOSING.json.jws",
                "operator/2026-01/CLOSING.json.seal",
            ])
        let statement = try #require(try estate.open.store.statement(of: MerchantID("M")!, period: 0))
        #expect(
            try WholeFile.read(out.file("out/M/2026-01/STATEMENT.json")) == statement.document.bytes)
        let said = try text(of: out.file("out/" + notice))
        #expect(said.contains(#""type":"sequence.missing""#))
        #expect(said.contains(#""missing":[{"signer":"merchant","sequence":1}]"#))
        try deliver(estate, to: path)
        #expect(try files(out.file("out")) == found)
    }

    @Test("What an attempt left that was cut short is gone, and what stands there is never replaced")
    func inTheWay() throws {
        let estate = try estate()
        let out = try Scratch()
        let number = try #require(
            try estate.open.store.deliveries(DeliveryFilter(all: true)).first {
                $0.news == .statement(period: 0)
            }
        ).ownNumber
        try FileManager.default.createDirectory(
            atPath: out.file("M/.part-\(number)"), withIntermediateDirectories: true)
        _ = try out.write("half", to: "M/.part-\(number)/STATEMENT.json")
        _ = try out.write("half", to: "M/.part-\(number)/OTHER.json")
        try deliver(estate, to: out.path)
        #expect(try !files(out.path).contains { $0.contains(".part-") || $0.contains("OTHER") })
        _ = try out.write("{}", to: "M/2026-01/STATEMENT.json")
        try deliver(estate, to: out.path)
        #expect(try text(of: out.file("M/2026-01/STATEMENT.json")) == "{}")
        let statement = try #require(try estate.open.store.statement(of: MerchantID("M")!, period: 0))
        #expect(try WholeFile.read(out.file("M/2026-01~2/STATEMENT.json")) == statement.document.bytes)
    }

    @Test("Of a statement, a closing and a receipt another one of the same name stands beside, once")
    func beside() throws {
        let estate = try estate()
        let out = try Scratch()
        try deliver(estate, to: out.path)
        let paths = [
            "M/2026-01/STATEMENT.json", "M/receipts/a%2Fb%3Ac/RECEIPT.json", "operator/2026-01/CLOSING.json",
        ]
        let bytes = try paths.map { try WholeFile.read(out.file($0)) }
        for path in paths { _ = try out.write("before a restore", to: path) }
        try deliver(estate, to: out.path)
        let second = ["M/2026-01~2", "M/receipts/a%2Fb%3Ac~2", "operator/2026-01~2"]
        let names = paths.map { $0.split(separator: "/").last ?? "" }
        #expect(try zip(second, names).map { try WholeFile.read(out.file("\($0)/\($1)")) } == bytes)
        let found = try files(out.path)
        try deliver(estate, to: out.path)
        #expect(try files(out.path) == found)
        for (path, name) in zip(second, names) { _ = try out.write("another", to: "\(path)/\(name)") }
        try deliver(estate, to: out.path)
        #expect(try WholeFile.read(out.file("M/2026-01~3/STATEMENT.json")) == bytes[0])
        #expect(try text(of: out.file("M/2026-01/STATEMENT.json")) == "before a restore")
        #expect(try text(of: out.file("M/2026-01~2/STATEMENT.json")) == "another")
    }

    @Test("A link in the place of a folder is not followed")
    func links() throws {
        let estate = try estate()
        let (out, other) = (try Scratch(), try Scratch())
        try FileManager.default.createSymbolicLink(
            atPath: out.file("M"), withDestinationPath: other.path)
        #expect(throws: Failure.self) { try deliver(estate, to: out.path) }
        #expect(other.names.isEmpty)
    }

    @Test(
        "A batch's id is a name of its own",
        arguments: [("..", "%2E."), ("a.b", "a.b"), ("a%2E", "a%252E"), ("/", "%2F")])
    func names(id: String, name: String) {
        #expect(FolderCourier.name(of: BatchID(verified: id)) == name)
    }
}
