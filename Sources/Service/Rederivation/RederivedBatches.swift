import Settlement
import Signing
import Store

/// Batches once more: signature, then reading, then rules, then the store, as at their first arrival.
extension RederivationRun {
    /// Stores the batches up to a number again, judged by one of the versions of the alliance that were in
    /// force since the close before.
    mutating func replay(through last: Int64, under versions: ClosedRange<Int64>) throws {
        guard last >= lastBatch else {
            report.add(
                .init("batch \(last)", "was the last before a close, which comes after batch \(lastBatch)"))
            throw Stop(reason: "a close names a batch that came before another close")
        }
        while lastBatch < last {
            let number = lastBatch + 1
            if number % 64 == 1 { progress.show("storing batch \(number) of \(history.lastBatch)") }
            guard let arrival = try arrival(number) else {
                report.add(.init("batch \(number)", "is missing"))
                throw Stop(
                    reason: "a batch is missing, and what came after stands on it", hasToldNext: true)
            }
            guard let authentic = try check(arrival) else {
                throw Self.unstorable(arrival)
            }
            try store(authentic, arrival, under: versions)
            lastBatch = number
        }
    }

    private static func unstorable(_ arrival: StoredArrival) -> Stop {
        Stop(
            reason: "\(arrival.place) cannot be stored again, and what came after stands on it",
            hasToldNext: true)
    }

    /// Looks at the signatures of the batches that were not stored again, from a number on.
    mutating func checkRest(from first: Int64) throws {
        var expected = first
        for number in try stored.batchNumbers(from: expected) {
            if number > expected {
                let last = number - 1
                report.add(
                    .init(
                        expected == last ? "batch \(last)" : "batches \(expected) to \(last)", "are missing"))
            }
            expected = number < .max ? number + 1 : number
            do {
                if let arrival = try arrival(number) { _ = try check(arrival) }
            } catch is Stop {
                // It is told, and what came later is looked at all the same.
                continue
            }
        }
    }

    /// Throws `Stop` where what is beside a batch, of its archive or its redaction, is not as it was written.
    private mutating func arrival(_ number: Int64) throws -> StoredArrival? {
        do { return try stored.arrival(number) } catch let trouble as StoreTrouble where trouble.isDamage {
            report.add(.init("batch \(number)", "cannot \(trouble.attempt): \(trouble.cause)"))
            throw Stop(
                reason: "batch \(number) cannot be read, and what came after stands on it",
                hasToldNext: true)
        }
    }

    /// Checks a batch's signature by the key as it was when the batch came; nil where it does not hold.
    private mutating func check(_ arrival: StoredArrival) throws -> AuthenticBatch? {
        guard let form = BatchForm(rawValue: arrival.form) else {
            report.add(.init(arrival.place, "its form is \(arrival.form), which is none"))
            return nil
        }
        guard let bytes = try bytes(of: arrival) else { return nil }
        if let redaction = arrival.redaction { return redacted(arrival, redaction, bytes, form) }
        let (signature, isChecked) = keys.signature(arrival.signature, of: bytes)
        do throws(BatchRefusal) {
            let authentic = try AuthenticBatch(
                bytes: bytes, form: form, signature: signature, limit: .max,
                received: arrival.received
            ) { [keys] in keys.key($0, at: arrival.received) }
            if isChecked { report.signatures += 1 } else { report.unchecked += 1 }
            if let jws = try? DetachedJWS(parsing: arrival.signature) { usedKeys.insert(jws.keyID) }
            return authentic
        } catch {
            report.add(.init(arrival.place, "\(error.code.rawValue): \(error.reason)"))
            return nil
        }
    }

    /// As they arrived, from the archive that has them if one does; nil where that has not. Throws `archiveMissing` for
    /// an archive that was made since the run began.
    private mutating func bytes(of arrival: StoredArrival) throws -> [UInt8]? {
        guard let archive = arrival.archive else { return arrival.bytes }
        guard shelf.holds(archive) else {
            throw RetentionRefusal(
                .archiveMissing,
                "\(archive.inWords) was made meanwhile: begin again, and name it by --archives")
        }
        guard let bytes = try shelf.bytes(of: arrival.number, in: archive) else {
            let isDamaged = shelf.damaged.contains { $0.archive == archive }
            report.add(
                .init(
                    arrival.place,
                    isDamaged
                        ? "its bytes are lost: no copy of \(archive.inWords) that is at hand has them as they were"
                        : "should be in \(archive.inWords), and is not"))
            return nil
        }
        report.archived += 1
        return bytes
    }

    private mutating func store(
        _ authentic: AuthenticBatch, _ arrival: StoredArrival, under versions: ClosedRange<Int64>
    ) throws {
        let candidates = candidates(at: arrival.received, among: versions)
        var refusal: BatchRefusal?
        for version in candidates {
            do {
                let batch = try verified(authentic, arrival, under: version)
                // Several are only possible where the alliance changed in this period: the receipt tells
                // which.
                if candidates.count > 1, try !isReceipt(of: batch, arrival, under: version) { continue }
                return try keep(batch, arrival, under: version)
            } catch let error as BatchRefusal {
                refusal = refusal ?? error
            }
        }
        do {
            try keep(verified(authentic, arrival, under: candidates[0]), arrival, under: candidates[0])
        } catch let error as BatchRefusal {
            let refusal = refusal ?? error
            report.add(.init(arrival.place, "would be refused: \(refusal.code.rawValue): \(refusal.reason)"))
            throw Self.unstorable(arrival)
        }
    }

    /// The versions that may have judged a batch, the likeliest first: the one in force at its receipt, then
    /// the others. The order of their commits is not known, only when they were begun.
    private func candidates(at received: Instant, among versions: ClosedRange<Int64>) -> [Int64] {
        guard versions.count > 1 else { return [versions.lowerBound] }
        let known = history.versions.filter { versions.contains($0.version) }
        let likeliest = known.last { $0.at <= received }?.version ?? versions.lowerBound
        return [likeliest]
            + versions.filter { $0 != likeliest }
            .sorted { abs($0 - likeliest) < abs($1 - likeliest) }
    }

    private mutating func verified(
        _ authentic: AuthenticBatch, _ arrival: StoredArrival, under version: Int64
    ) throws -> VerifiedBatch {
        let batch = try VerifiedBatch(authentic, schedule: try schedule(version), received: arrival.received)
        guard try derived.hasHad(batch.header.merchant) else {
            throw Stop(
                reason: "\(arrival.place) is of a merchant that the alliance did not have then",
                hasToldNext: true)
        }
        return batch
    }

    private func isReceipt(
        of batch: VerifiedBatch, _ arrival: StoredArrival, under version: Int64
    ) throws -> Bool {
        let rehearsed = try derived.replay(batch, received: arrival.received, under: version, seal: nil)
        guard case .rehearsed(let receipt) = rehearsed else { return false }
        return receipt.bytes == arrival.receipt.bytes
    }

    private mutating func keep(_ batch: VerifiedBatch, _ arrival: StoredArrival, under version: Int64) throws
    {
        let signer = signer(of: arrival.receipt.seal, at: arrival.received)
        let appended = try derived.replay(
            batch, received: arrival.received, under: version,
            // Of the scratch database alone: what is stored is held against the batch itself.
            sealNotice: { signer.seal($0.bytes, for: $0.merchant.text) }
        ) { receipt in
            signer.seal(receipt.bytes, for: receipt.merchant.text)
        }
        guard case .stored(let receipt, _) = appended else {
            report.add(.init(arrival.place, "is stored twice"))
            throw Stop(reason: "a batch is stored twice", hasToldNext: true)
        }
        report.batches += 1
        report.records += batch.header.records
        try checkForgetting(in: batch, arrival)
        let place = "receipt of " + arrival.place
        if let difference = DocumentDifference(derived: receipt.bytes, stored: arrival.receipt.bytes) {
            return report.add(difference.finding(place))
        }
        compareSignatures(of: arrival.receipt, derived: receipt, place: place)
    }
}

extension StoredArrival {
    /// How a finding names it.
    var place: String { "batch \(id) of \(merchant) (number \(number))" }
}
