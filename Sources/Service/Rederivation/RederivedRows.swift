import Settlement
import Signing
import Store

/// What is stored, held against what was built again.
extension RederivationRun {
    /// Compares all that the close of a period wrote.
    mutating func compare(_ period: Period) throws {
        report.periods.append(period.id)
        var unseen: Set<String> = request.master == nil ? ["signature", "seal"] : []
        if !forgetting.hasOwnSums(period.ordinal) { unseen.formUnion(["holdings_sum", "sum"]) }
        for table in ComparedTable.ofPeriod {
            let differences = try derived.differences(
                from: stored, in: table, bound: Int64(period.ordinal), without: unseen)
            for difference in differences { report.add(try finding(difference, period)) }
        }
        // What is stored of members is the same, byte for byte, so it gives these files: as they were signed
        // for, or as a sealed notice says that they stand since.
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

    /// Who signed a document: the version of the master secret that its seal names, unless another had taken its place
    /// by then. A command may sign by the one before as long as it waits for the database.
    func signer(of seal: String?, at instant: Instant) -> DocumentSigner {
        let present = history.secrets.last { $0.since <= instant }?.version ?? 1
        let named = seal.flatMap { (try? DetachedJWS(parsing: $0))?.keyID }.flatMap { Int($0.dropFirst(5)) }
        let next = history.secrets.first { $0.version - 1 == named }?.since
        let hasEnded = next.map {
            $0.advanced(byMilliseconds: RederivedKeys.settlingMilliseconds) < instant
        }
        let isKnown = named.map { (1...signers.count).contains($0) } ?? false
        let version = isKnown && hasEnded != true ? named ?? present : present
        return signers[min(version, signers.count) - 1]
    }

    /// Without the master secret: the seals, by their public keys. With it they are compared with what it
    /// makes.
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
        guard !request.sealKeys.isEmpty else {
            report.sealsUnchecked += 1
            return
        }
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

    /// Whether the close of a period may have been at work when something was booked.
    private func mayHaveMet(closeOf period: Int, at booked: Instant) -> Bool {
        if history.cutTrouble != nil, period == history.closes.count { return true }
        let closes = history.closes + [history.unfinished].compactMap(\.self)
        guard let begun = closes.first(where: { $0.period == period })?.at else { return false }
        return booked.advanced(byMilliseconds: Store.longestWaitMilliseconds) >= begun
    }

    /// What had happened when something was booked, as the order of the audit says it.
    struct Noted {
        /// The earliest period that had not closed.
        let earliest: Int
        let fourEyes: Bool
        /// How many entries came before.
        let place: Int
    }

    /// Holds bookings against what the audit says of them: what was booked and who drafted it before, by how many
    /// persons, and in which period, which follows of the closes before.
    mutating func noteBookings() {
        let fourEyes = history.versions.map { version in
            (try? AllianceDocument.alliance(from: version.document))?.fourEyes ?? false
        }
        var noted: [String: [Noted]] = [:]
        var drafted: [String: [Noted]] = [:]
        var (earliest, version) = (0, 0)
        for (place, entry) in history.audit.enumerated() {
            if entry.act == .closed { earliest += 1 }
            if entry.act == .apply { version += 1 }
            let key = "\(entry.merchant?.text ?? "?") \(entry.reason ?? "")"
            let now = Noted(
                earliest: earliest, fourEyes: fourEyes.indices.contains(version) && fourEyes[version],
                place: place)
            if entry.act == .drafted { drafted[key, default: []].append(now) }
            if entry.act == .booked { noted[key, default: []].append(now) }
        }
        for booked in history.bookings {
            let place = "booking \(booked.reference) of \(booked.merchant)"
            if !booked.isWhole {
                report.add(.init(place, "its row is not as it was written, as its sum says"))
            }
            let text = BookingNote.text(
                kind: booked.kind, reference: booked.reference, amount: booked.amount, person: booked.person,
                drafter: booked.drafter, undoes: booked.undoes)
            guard let then = noted.removeFirst(of: "\(booked.merchant) \(text)") else {
                report.add(
                    .init(place, "is not among those that the audit says were made", stored: text))
                continue
            }
            checkPersons(of: booked, then, &drafted)
            let open = then.earliest
            guard let day = booked.date else { continue }
            let period = calendar.place(of: day, earliest: open).period
            if booked.period == Int64(period) { continue }
            // Made while a close was at work, it belongs to a period behind that one.
            if mayHaveMet(closeOf: open, at: booked.booked),
                booked.period == Int64(calendar.place(of: day, earliest: open + 1).period)
            {
                continue
            }
            report.add(
                .init(
                    place, "`period` is not the one that its date and the closes before it give",
                    derived: "\(period)", stored: "\(booked.period)"))
        }
        for (name, numbers) in [
            ("draft", history.changedDrafts), ("dispute", history.changedDisputes),
            ("step of disputes", history.changedSteps), ("delivery", history.changedDeliveries),
        ] {
            for number in numbers {
                report.add(.init("\(name) \(number)", "its row is not as it was written, or is gone"))
            }
        }
        for (key, left) in noted.sorted(by: { $0.key < $1.key }) where !left.isEmpty {
            report.add(.init("booking: \(key)", "the audit says that it was made, and it is not there"))
        }
    }

    /// What was drafted was so before, and with four eyes two persons made it.
    private mutating func checkPersons(
        of booked: StoredHistory.Booked, _ then: Noted, _ drafted: inout [String: [Noted]]
    ) {
        let place = "booking \(booked.reference) of \(booked.merchant)"
        if then.fourEyes, booked.drafter == nil || booked.drafter == booked.person {
            report.add(.init(place, "was made by one person, while the alliance had four_eyes"))
        }
        guard let drafter = booked.drafter else { return }
        let text = BookingNote.text(
            kind: booked.kind, reference: booked.reference, amount: booked.amount, person: drafter,
            drafter: nil, undoes: booked.undoes)
        guard let draft = drafted.removeFirst(of: "\(booked.merchant) \(text)"), draft.place < then.place
        else {
            return report.add(.init(place, "was drafted by nobody before, as far as the audit says"))
        }
    }
}

extension [String: [RederivationRun.Noted]] {
    fileprivate mutating func removeFirst(of key: String) -> RederivationRun.Noted? {
        guard let first = self[key]?.first else { return nil }
        self[key]?.removeFirst()
        return first
    }
}

extension StoredHistory.Booked {
    /// The booking date, where it is one.
    var date: LocalDate? {
        (-719_000...2_933_000).contains(day) ? LocalDate(dayNumber: Int(day)) : nil
    }
}
