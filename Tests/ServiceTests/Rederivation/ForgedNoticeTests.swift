import Foundation
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

/// Whoever can write to the database, and knows how its rows are summed, changes nothing unseen by way of redactions.
@Suite("Notices of redactions that do not belong there")
struct ForgedNoticeTests {
    /// Seals with another master secret than the alliance's.
    private static func stranger() throws -> DocumentSigner {
        DocumentSigner(
            master: try MasterSecret(SecretBytes([UInt8](repeating: 9, count: 32))), version: 1)
    }

    private func notice(_ copy: ForgottenCopy, ofBatch number: Int64) throws -> RedactionNotice {
        let redaction = try copy.read { try #require(try $0.arrival(number)?.redaction) }
        return try #require(RedactionNotice(redaction.notice.bytes))
    }

    private func notice(_ copy: ForgottenCopy, ofDetails period: Int) throws -> RedactionNotice {
        let redaction = try copy.read {
            try #require(try $0.redactions(ofPeriod: period)[MerchantID(verified: "M")])
        }
        return try #require(RedactionNotice(redaction.notice.bytes))
    }

    @Test("Points raised in redacted bytes, with a digest and a notice that fit, are found by the seal alone")
    func points() throws {
        for secret in [true, false] {
            let copy = try ForgottenCopy()
            let said = try notice(copy, ofBatch: 1)
            try tamper(
                with: copy.folder.databasePath,
                "UPDATE batches SET bytes = swap(bytes, '\"points\":50', '\"points\":90') WHERE batch = 1")
            let bytes = try copy.read { try #require(try $0.arrival(1)).bytes }
            try copy.replaceNotice(
                ofBatch: 1, said.with(redacted: SHA256Digest(of: bytes)), by: Self.stranger())
            let report = try copy.rederive(secret: secret)
            #expect(
                report.findings.contains {
                    $0.place == "redaction of batch B-1 of M (number 1)" && $0.problem.contains("seal")
                }, "\(report.lines)")
            #expect(
                report.stopped != nil && !report.redactedBatches.first.contains("batch B-1 of M (number 1)"))
        }
    }

    @Test("The genuine seal of another notice does not hold over this one")
    func copiedSeal() throws {
        for secret in [true, false] {
            let copy = try ForgottenCopy()
            let (said, other) = try copy.read { store in
                (try #require(try store.arrival(1)?.redaction), try #require(try store.arrival(3)?.redaction))
            }
            try copy.write {
                try RedactionRows($0).set(
                    said.redacted, ofBatch: 1,
                    SealedDocument(
                        bytes: said.notice.bytes, signature: other.notice.signature, seal: other.notice.seal))
            }
            let report = try copy.rederive(secret: secret)
            #expect(
                report.findings.contains { $0.place == "redaction of batch B-1 of M (number 1)" },
                "\(report.lines)")
        }
    }

    @Test(
        "A sealed notice that says anything else of its batch is found by that, with the secret and without")
    func batches() throws {
        let copy = try ForgottenCopy()
        let signature = try copy.read { store in
            SHA256Digest(of: Array(try #require(try store.arrival(1)).signature.utf8))
        }
        func subject(
            _ id: String, _ signer: Signer, _ sequence: Int64, _ signature: SHA256Digest
        ) -> RedactionNotice.Subject {
            .batch(BatchID(verified: id), signer: signer, sequence: sequence, signature: signature)
        }
        let others: [(path: String, change: (RedactionNotice) -> RedactionNotice)] = [
            ("`alliance`", { $0.with(alliance: AllianceID(verified: "other")) }),
            ("`merchant`", { $0.with(merchant: MerchantID(verified: "N")) }),
            ("`batch.batch`", { $0.with(subject: subject("B-8", .merchant, 1, signature)) }),
            ("`batch.signer`", { $0.with(subject: subject("B-1", .operator, 1, signature)) }),
            ("`batch.sequence`", { $0.with(subject: subject("B-1", .merchant, 8, signature)) }),
            ("`batch.signature`", { $0.with(subject: subject("B-1", .merchant, 1, SHA256Digest(of: [1]))) }),
            ("`batch`", { $0.with(subject: .statement(number: 1, period: "2026-01")) }),
            ("`at`", { $0.with(at: instant("2026-03-04T00:00:00Z")) }),
        ]
        for (path, change) in others {
            let copy = try ForgottenCopy()
            try copy.replaceNotice(ofBatch: 1, change(notice(copy, ofBatch: 1)), by: copy.signer)
            for secret in [true, false] {
                let report = try copy.rederive(secret: secret)
                #expect(
                    report.found == 1 && report.findings[0].place == "redaction of batch B-1 of M (number 1)"
                        && report.findings[0].problem.contains(path), "\(path): \(report.lines)")
            }
        }
    }

    @Test("Another signature of the right key in the place of a redacted batch's is found by its notice")
    func signature() throws {
        for secret in [true, false] {
            let copy = try ForgottenCopy()
            try tamper(
                with: copy.folder.databasePath,
                "UPDATE batches SET signature = (SELECT signature FROM batches WHERE batch = 3) WHERE batch = 1"
            )
            let report = try copy.rederive(secret: secret)
            #expect(
                report.found == 1 && report.findings[0].place == "redaction of batch B-1 of M (number 1)"
                    && report.findings[0].problem.contains("`batch.signature`"), "\(report.lines)")
        }
    }

    @Test("So is one that says anything else of DETAILS.csv")
    func details() throws {
        let place = "redaction of DETAILS.csv of M for 2026-02"
        let others: [(path: String, change: (RedactionNotice) -> RedactionNotice)] = [
            ("`merchant`", { $0.with(merchant: MerchantID(verified: "N")) }),
            ("`statement.number`", { $0.with(subject: .statement(number: 3, period: "2026-02")) }),
            ("`statement.period`", { $0.with(subject: .statement(number: 2, period: "2026-01")) }),
            ("`redacted`", { $0.with(redacted: SHA256Digest(of: [1])) }),
            ("`at`", { $0.with(at: instant("2026-03-04T00:00:00Z")) }),
        ]
        for (path, change) in others {
            let copy = try ForgottenCopy()
            try copy.replaceNotice(ofDetails: 1, change(notice(copy, ofDetails: 1)), by: copy.signer)
            for secret in [true, false] {
                let report = try copy.rederive(secret: secret)
                #expect(
                    report.findings.contains { $0.place == place && $0.problem.contains(path) },
                    "\(path): \(report.lines)")
            }
        }
        let copy = try ForgottenCopy()
        try copy.replaceNotice(ofDetails: 1, notice(copy, ofDetails: 1), by: Self.stranger())
        for secret in [true, false] {
            let report = try copy.rederive(secret: secret)
            #expect(
                report.findings.contains { $0.place == place && $0.problem.contains("seal") },
                "\(report.lines)")
        }
    }

    @Test("A redaction of a batch that names nobody who was forgotten is not needed, and said so")
    func surplusBatch() throws {
        let copy = try ForgottenCopy()
        let arrival = try copy.read { try #require(try $0.arrival(9)) }
        let digest = SHA256Digest(of: arrival.bytes)
        let said = RedactionNotice(
            alliance: AllianceID(verified: "test"), merchant: MerchantID(verified: "M"),
            subject: .batch(
                BatchID(verified: "B-5"), signer: .merchant, sequence: 5,
                signature: SHA256Digest(of: Array(arrival.signature.utf8))),
            signed: digest, redacted: digest, at: ForgottenStory.forgotten)
        try copy.replaceNotice(ofBatch: 9, said, by: copy.signer)
        let report = try copy.rederive()
        #expect(
            report.found == 1 && report.findings[0].place == "redaction of batch B-5 of M (number 9)"
                && report.findings[0].problem.hasPrefix("is not needed"), "\(report.lines)")
    }

    @Test("Neither is one of a DETAILS.csv that comes out as its statement was signed")
    func surplusDetails() throws {
        let copy = try ForgottenCopy()
        let statement = try copy.read {
            try #require(try $0.statement(of: MerchantID(verified: "M"), period: 2))
        }
        let said = RedactionNotice(
            alliance: AllianceID(verified: "test"), merchant: MerchantID(verified: "M"),
            subject: .statement(number: 3, period: "2026-03"),
            signed: try #require(SHA256Digest(text: statement.detailsDigest)),
            redacted: SHA256Digest(of: [1]), at: ForgottenStory.forgotten)
        try copy.replaceNotice(ofDetails: 2, said, by: copy.signer)
        let report = try copy.rederive()
        #expect(
            report.found == 1 && report.findings[0].place == "redaction of DETAILS.csv of M for 2026-03"
                && report.findings[0].problem.hasPrefix("is not needed"), "\(report.lines)")
        let unchecked = try copy.rederive(secret: false, seal: false)
        #expect(
            unchecked.lines.contains { $0.contains(": 0 good, 10 not checked") },
            "a notice that is not needed vouches for nothing: \(unchecked.lines)")
    }
}

extension RedactionNotice {
    fileprivate func with(
        alliance: AllianceID? = nil, merchant: MerchantID? = nil, subject: Subject? = nil,
        redacted: SHA256Digest? = nil, at: Instant? = nil
    ) -> RedactionNotice {
        RedactionNotice(
            alliance: alliance ?? self.alliance, merchant: merchant ?? self.merchant,
            subject: subject ?? self.subject, signed: signed, redacted: redacted ?? self.redacted,
            at: at ?? self.at)
    }
}
