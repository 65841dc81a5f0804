import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("DETAILS.csv on its way to its readers")
struct DetailsFileTests {
    @Test("A merchant has so many places, all together have so many, and each is given back")
    func places() throws {
        let places = DetailsPlaces()
        var held: [DetailsPlaces.Place] = []
        for number in 0..<(DetailsPlaces.most / DetailsPlaces.mostOfOne) {
            let merchant = MerchantID(verified: "M\(number)")
            for _ in 0..<DetailsPlaces.mostOfOne { held.append(try places.take(for: merchant)) }
            let problem = #expect(throws: Problem.self) { try places.take(for: merchant) }
            #expect(problem?.code == "too_many_files" && problem?.retryAfter != nil)
        }
        #expect(held.count == DetailsPlaces.most)
        #expect(throws: Problem.self) { try places.take(for: MerchantID(verified: "other")) }
        held.removeLast()
        held.append(try places.take(for: MerchantID(verified: "other")))
        held.removeAll()
        for _ in 0..<DetailsPlaces.mostOfOne { held.append(try places.take(for: MerchantID(verified: "M1"))) }
    }

    /// A closed January whose details are more than sockets hold.
    private static func estate() throws -> Estate {
        let estate = try Estate(limitBytes: 64 << 20)
        _ = try estate.take(Estate.batch(records: 60_000))
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: Estate.received, forced: true)
        return estate
    }

    /// Files without a name that this process holds open in the estate's data folder.
    private static func nameless(_ estate: Estate) -> Int {
        let folder = URL(fileURLWithPath: estate.open.folder.path).resolvingSymlinksInPath().path
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return numbers.count { number in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return place.map { $0.hasPrefix(folder + "/details-") && $0.hasSuffix(" (deleted)") } ?? false
        }
    }

    private static func wish(_ estate: Estate) -> [UInt8] {
        request(
            "GET /v1/statements/2026-01/DETAILS.csv",
            headers: [("Authorization", "Bearer \(estate.token(of: "M"))")])
    }

    @Test(
        "A reader that vanishes leaves nothing behind, in the folder or in the process, and gives its place back"
    )
    func vanishes() async throws {
        let estate = try Self.estate()
        try await withDaemon(estate, limitBytes: 64 << 20) { url, _ in
            do {
                let readers = [try await Connection(url), try await Connection(url)]
                for reader in readers { try await reader.send(Self.wish(estate)) }
                while Self.nameless(estate) < 2 { try await Task.sleep(for: .milliseconds(20)) }
                let third = try await ask(url, Self.wish(estate))
                #expect(third.status == 429 && third.headers["retry-after"] != nil)
                let names = try FileManager.default.contentsOfDirectory(atPath: estate.open.folder.path)
                #expect(!names.contains { $0.hasPrefix("details-") }, "\(names)")
                withExtendedLifetime(readers) {}
            }
            while Self.nameless(estate) > 0 { try await Task.sleep(for: .milliseconds(20)) }
            let again = try await ask(url, Self.wish(estate))
            #expect(again.status == 200)
            let digest = try estate.open.store.statement(of: MerchantID(verified: "M"), period: 0)?
                .detailsDigest
            #expect(SHA256Digest(of: again.body).text == digest)
            while Self.nameless(estate) > 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(Self.nameless(estate) == 0)
    }
}
