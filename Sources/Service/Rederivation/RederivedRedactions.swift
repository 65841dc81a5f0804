import Settlement
import Signing
import Store

/// What stands in the place of signed bytes since members were forgotten. No signature holds over it any more: the seal
/// over its notice is the proof.
extension RederivationRun {
    /// A redacted batch; nil unless its bytes are those of its notice, the notice bears its seal, and the key that its
    /// signature names was there when it came.
    mutating func redacted(
        _ arrival: StoredArrival, _ redaction: Redaction, _ bytes: [UInt8], _ form: BatchForm
    ) -> AuthenticBatch? {
        let found = SHA256Digest(of: bytes)
        guard found == redaction.redacted else {
            report.add(
                .init(
                    arrival.place, "its bytes are not those that its redaction tells of",
                    derived: redaction.redacted.text, stored: found.text))
            return nil
        }
        do throws(BatchRefusal) {
            let (jws, key) = try AuthenticBatch.key(of: arrival.signature, received: arrival.received) {
                [keys] in keys.key($0, at: arrival.received)
            }
            guard proved(redaction, Self.place(ofRedacted: arrival)) != nil else { return nil }
            usedKeys.insert(jws.keyID)
            report.redactedBatches.add(arrival.place)
            return AuthenticBatch(
                redacted: bytes, digest: redaction.signed, form: form, signature: arrival.signature,
                keyID: jws.keyID, keyMerchant: key.merchant)
        } catch {
            report.add(.init(arrival.place, "\(error.code.rawValue): \(error.reason)"))
            return nil
        }
    }

    /// Holds the notice of a batch against the batch, and its members against who was forgotten.
    mutating func checkForgetting(in batch: VerifiedBatch, _ arrival: StoredArrival) throws {
        let named = forgetting.look(at: batch)
        if let line = named.line {
            report.add(
                .init(
                    arrival.place,
                    "line \(line) names a member who was forgotten: bytes from before stand there again, or it was"
                        + " stored by who did not know"))
        }
        guard let redaction = arrival.redaction else { return }
        namedPseudonyms.formUnion(named.pseudonyms)
        let place = Self.place(ofRedacted: arrival)
        if named.pseudonyms.isEmpty {
            report.add(.init(place, "is not needed: its batch names nobody who was forgotten"))
        }
        guard let notice = RedactionNotice(redaction.notice.bytes) else { return }
        let expected = RedactionNotice(
            alliance: try schedule(version).alliance.id, merchant: batch.header.merchant,
            subject: .batch(
                batch.header.batch, signer: batch.authentic.signer, sequence: batch.header.sequence,
                signature: SHA256Digest(of: Array(arrival.signature.utf8))),
            signed: batch.authentic.digest, redacted: redaction.redacted, at: notice.at)
        compare(notice, expected, place, isThen: notice.at == arrival.received)
    }

    /// Once every batch was stored again: of whoever was forgotten something had come, so that a redacted batch names it.
    mutating func checkNamed() {
        for member in forgetting.members where !namedPseudonyms.contains(member.pseudonym) {
            report.add(
                .init(
                    "forgotten member \(member.number)",
                    "is named by no redacted batch: nothing of such a member had come",
                    stored: member.pseudonym.text))
        }
    }

    // MARK: DETAILS.csv

    /// The redactions of the files of a period that is about to be closed again; none where their rows cannot be trusted.
    mutating func redactions(of period: Period) throws -> [MerchantID: Redaction] {
        do { return try stored.redactions(ofPeriod: period.ordinal) } catch let trouble as StoreTrouble
            where trouble.isDamage
        {
            report.add(
                .init(
                    "redactions of DETAILS.csv for \(period.id)",
                    "cannot \(trouble.attempt): \(trouble.cause)"))
            return [:]
        }
    }

    /// Holds redactions of files against the files that come of the history, `details` by merchant. Gives those
    /// redactions that are of these files.
    mutating func check(
        _ redactions: [MerchantID: Redaction], _ details: [MerchantID: SHA256Digest], of period: Period
    ) throws -> [MerchantID: Redaction] {
        var fitting: [MerchantID: Redaction] = [:]
        let statements = try derived.statements(period: period.ordinal)
        for (merchant, redaction) in redactions.sorted(by: { $0.key < $1.key }) {
            let file = "DETAILS.csv of \(merchant) for \(period.id)"
            let place = "redaction of " + file
            guard let statement = statements.first(where: { $0.merchant == merchant }),
                let found = details[merchant]
            else {
                report.add(.init(place, "is of a statement that does not come of the history"))
                continue
            }
            if found == redaction.redacted { fitting[merchant] = redaction }
            guard found != redaction.signed else {
                report.add(.init(place, "is not needed: the file comes out as its statement was signed"))
                continue
            }
            guard let notice = proved(redaction, place) else { continue }
            let expected = RedactionNotice(
                alliance: try schedule(version).alliance.id, merchant: merchant,
                subject: .statement(number: statement.number, period: period.id), signed: redaction.signed,
                redacted: found, at: notice.at)
            compare(notice, expected, place)
            report.redactedDetails.add(file)
        }
        if !forgetting.isEmpty { try checkUnredacted(statements, redactions, details, period) }
        return fitting
    }

    /// A file that comes out otherwise than its statement was signed, and that nobody vouches for.
    private mutating func checkUnredacted(
        _ statements: [StoredStatement], _ redactions: [MerchantID: Redaction],
        _ details: [MerchantID: SHA256Digest], _ period: Period
    ) throws {
        let documents = try stored.documents(period: period.ordinal)
        for statement in statements where redactions[statement.merchant] == nil {
            let signed = documents.first { $0.owner == statement.merchant.text }
                .flatMap { DocumentFacts($0.document.bytes)?.details?.digest }
            guard let signed, let found = details[statement.merchant]?.text, found != signed else { continue }
            report.add(
                .init(
                    "DETAILS.csv of \(statement.merchant) for \(period.id)",
                    "is not what its statement was signed with, and no redaction says why", derived: found,
                    stored: signed))
        }
    }

    // MARK: Notices

    /// The notice of a redaction; nil unless its seal holds, or nothing is at hand to check it by.
    private mutating func proved(_ redaction: Redaction, _ place: String) -> RedactionNotice? {
        guard let notice = RedactionNotice(redaction.notice.bytes) else {
            report.add(.init(place, "its notice cannot be read"))
            return nil
        }
        let (found, unchecked) = (report.found, report.sealsUnchecked)
        let derived = signer(of: redaction.notice.seal, at: notice.at)
            .seal(notice.bytes, for: notice.merchant.text)
        compareSignatures(of: redaction.notice, derived: derived, place: place)
        guard report.found == found else { return nil }
        report.noticesUnchecked += report.sealsUnchecked - unchecked
        return notice
    }

    /// `isThen`: it may be of the instant that it says, although nobody was forgotten then.
    private mutating func compare(
        _ notice: RedactionNotice, _ expected: RedactionNotice, _ place: String, isThen: Bool = false
    ) {
        if let difference = DocumentDifference(derived: expected.bytes, stored: notice.bytes) {
            report.add(difference.finding(place))
        }
        if !isThen, !forgetting.happened(at: notice.at) {
            report.add(
                .init(
                    place, "`at` is no instant at which a member was forgotten", stored: "\(notice.at)"))
        }
    }

    private static func place(ofRedacted arrival: StoredArrival) -> String { "redaction of " + arrival.place }
}
