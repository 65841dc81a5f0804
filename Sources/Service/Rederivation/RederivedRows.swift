import Settlement
import Signing
import Store

/// What is stored, held against what was built again.
extension RederivationRun {
    /// Compares all that the close of a period wrote.
    mutating func compare(_ period: Period) throws {
        report.periods.append(period.id)
        let unsigned: Set<String> = request.master == nil ? ["signature", "seal"] : []
        for table in ComparedTable.ofPeriod {
            let differences = try derived.differences(
                from: stored, in: table, bound: Int64(period.ordinal), without: unsigned)
            for difference in differences { report.add(try finding(difference, period)) }
        }
        // What is stored of members is the same, byte for byte, so it gives these files: as they were signed for.
        try derived.details(period: period.ordinal) { _, _ in }
        for statement in try derived.statements(period: period.ordinal) {
            report.statements += 1
            report.detailsRows += statement.detailsRows
        }
        try checkSeals(of: period)
    }

    /// Compares what batches and bookings wrote, and, if all was built again, what members hold.
    mutating func compareIntake() throws {
        var tables = ComparedTable.ofIntake
        let isWhole = report.stopped == nil && request.through == nil
        if !isWhole { tables.removeAll { $0 == .merchants || $0 == .bookings } }
        if isWhole { tables += ComparedTable.ofEnd }
        for table in tables {
            progress.show("comparing \(table.rawValue)")
            for difference in try derived.differences(from: stored, in: table, bound: lastBatch) {
                report.add(try finding(difference, nil))
            }
        }
    }

    // MARK: Signatures

    /// Without the master secret: the seals, by their public keys. With it they are compared with what it makes.
    private mutating func checkSeals(of period: Period) throws {
        for document in try stored.documents(period: period.ordinal) {
            if request.master != nil {
                report.seals += 1
            } else {
                checkSeal(
                    of: document.document,
                    place: Self.place(ofDocument: document.owner, period.id))
            }
        }
    }

    mutating func compareSignatures(of document: SealedDocument, derived: SealedDocument, place: String) {
        guard request.master != nil else { return checkSeal(of: document, place: place) }
        report.seals += 1
        if document.signature != derived.signature {
            report.add(.init(place, "its signature is not the one that its key makes"))
        }
        if document.seal != derived.seal {
            report.add(.init(place, "its seal is not the one that its key makes"))
        }
    }

    private mutating func checkSeal(of document: SealedDocument, place: String) {
        guard !request.sealKeys.isEmpty else { return }
        do throws(SignatureRefusal) {
            let seal = try DetachedJWS(parsing: document.seal)
            guard let key = request.sealKeys.first(where: { $0.id == seal.keyID }) else {
                return report.add(.init(place, "its seal names the key \(seal.keyID), which is not at hand"))
            }
            try seal.verify(payload: document.bytes, key: key)
            report.seals += 1
        } catch {
            report.add(.init(place, "its seal does not hold: \(error)"))
        }
    }

    static func place(ofDocument owner: String?, _ period: String) -> String {
        owner.map { "statement of \($0) for \(period)" } ?? "closing of \(period)"
    }

    // MARK: Bookings

    /// Holds bookings against what the audit says of them.
    mutating func noteBookings() {
        var noted: [String: Int] = [:]
        func name(_ merchant: String, _ text: String) -> String { merchant + " " + text }
        for entry in history.audit where entry.act == .booked {
            noted[name(entry.merchant?.text ?? "?", entry.reason ?? ""), default: 0] += 1
        }
        for booked in history.bookings {
            let text = "\(booked.kind) \(booked.reference) of \(booked.amount)"
            let key = name(booked.merchant, text)
            if let count = noted[key], count > 0 {
                noted[key] = count - 1
            } else {
                report.add(
                    .init(
                        "booking \(booked.reference) of \(booked.merchant)",
                        "is not among those that the audit says were made", stored: text))
            }
        }
        for (key, count) in noted.sorted(by: { $0.key < $1.key }) where count > 0 {
            report.add(.init("booking: \(key)", "the audit says that it was made, and it is not there"))
        }
    }
}
