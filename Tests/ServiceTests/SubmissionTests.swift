import Foundation
import Service
import Settlement
import Signing
import Testing

@Suite("Submitting a batch")
struct SubmissionTests {
    private func write(_ bytes: [UInt8], _ name: String, in estate: Estate) throws -> String {
        try WholeFile.write(bytes, to: estate.scratch.file(name))
        return estate.scratch.file(name)
    }

    @Test("The receipt is checked and kept, and a second time it is the first one")
    func kept() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let file = try write(Estate.batch(), "b.ndjson", in: estate)
            let submission = try Submission(
                file: file, key: estate.merchantKey, receiptKeys: [estate.sealKey])
            let first = try await submission.send(to: url)
            #expect(!first.isCopy)
            #expect(first.file.path == estate.scratch.file("b.receipt.json"))
            #expect(try WholeFile.read(first.file.path) == first.receipt.bytes)
            #expect(first.checks.contains { $0.contains("seal/1 is valid") } && first.isVerified)
            let keys = try DocumentKeys(keyFile: nil, jwks: nil, folder: estate.open.folder)
            #expect(try DocumentCheck(file: first.file.path, keys: keys).isGood)
            let second = try await submission.send(to: url + "/")
            #expect(second.isCopy)
            #expect(second.receipt == first.receipt)
            #expect(second.lines.contains { $0.contains("2 records: 2 accepted") })
        }
    }

    @Test("CSV is told by its name or by its first byte")
    func forms() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let batches = [
                ("a.csv", BatchForm.csv), ("b.jsonl", .ndjson), ("c", .csv), ("d", .ndjson),
            ]
            for (number, (name, form)) in batches.enumerated() {
                let bytes = Estate.batch("F-\(number)", sequence: Int64(number) + 1, form: form)
                let submission = try Submission(
                    file: try write(bytes, name, in: estate), key: estate.merchantKey)
                #expect(submission.form == form)
                let outcome = try await submission.send(to: url)
                #expect(outcome.receipt.counts.accepted == 2)
                #expect(!outcome.isVerified, "there was no key to check the receipt by")
            }
        }
    }

    @Test("A refusal says the code, the line and every refused record, and leaves no receipt")
    func refused() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch(records: 3, strict: true, at: "2026-03-01T00:00:00Z")
            let file = try write(bytes, "b.ndjson", in: estate)
            let submission = try Submission(file: file, key: estate.merchantKey)
            let failure = await #expect(throws: Failure.self) { try await submission.send(to: url) }
            #expect(failure?.kind == .refused)
            #expect(failure?.place == file + ":2")
            #expect(failure?.problem.contains("records_refused") == true)
            #expect(failure?.problem.contains("line 4: B-1-2 in_future") == true)
            #expect(!WholeFile.exists(estate.scratch.file("b.receipt.json")))
        }
    }

    @Test("A receipt under a seal that is not the expected one is refused, and not kept")
    func wrongSeal() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let file = try write(Estate.batch(), "b.ndjson", in: estate)
            let other = try MasterSecret([UInt8](repeating: 9, count: 32)).sealKey(version: 1).verification
            let submission = try Submission(file: file, key: estate.merchantKey, receiptKeys: [other])
            let failure = await #expect(throws: Failure.self) { try await submission.send(to: url) }
            #expect(failure?.kind == .refused)
            #expect(!WholeFile.exists(estate.scratch.file("b.receipt.json")))
        }
    }

    @Test("A daemon that is not there, or is none, is trouble; a URL that is none is misuse")
    func trouble() async throws {
        let estate = try Estate()
        let file = try write(Estate.batch(), "b.ndjson", in: estate)
        let submission = try Submission(file: file, key: estate.merchantKey)
        try await withDaemon(estate) { url, _ in
            let health = await #expect(throws: Failure.self) {
                try await submission.send(to: url + "/healthz")
            }
            #expect(health?.kind == .refused)
        }
        let absent = await #expect(throws: Failure.self) {
            try await submission.send(to: "http://127.0.0.1:1")
        }
        #expect(absent?.kind == .trouble)
        for url in ["127.0.0.1:80", "ftp://host", "", "http//x"] {
            let failure = await #expect(throws: Failure.self) { try await submission.send(to: url) }
            #expect(failure?.kind == .misused, "\(url)")
        }
    }

    @Test("A signed file says what signed it, and its signature fits")
    func signedFile() throws {
        let estate = try Estate()
        let file = try write(Estate.batch(), "b.ndjson", in: estate)
        let signed = try SignedFile(file, key: estate.merchantKey)
        try signed.write()
        #expect(try text(of: file + ".jws") == signed.signature + "\n")
        let jws = try DetachedJWS(parsing: signed.signature)
        try jws.verify(payload: Estate.batch(), key: estate.merchantKey.verification)
        let json = try members(Array(signed.json.utf8)) as? [String: String]
        #expect(
            json == [
                "file": file, "digest": SHA256Digest(of: Estate.batch()).text, "key": "batch/M/1",
                "signature": signed.signature, "signature_file": file + ".jws",
            ])
    }
}
