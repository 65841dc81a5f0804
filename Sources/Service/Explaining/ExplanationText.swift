public import Settlement
import Signing
import Store

/// Explanations for people: from a figure down to the signatures. Amounts are in major units, as on statements.
public struct ExplanationText: Sendable {
    let language: Language
    let currency: Currency
    private let zone: ZoneRules

    /// Amounts are in the alliance's currency, times in its zone.
    public init(_ schedule: Schedule, _ language: Language = .english) {
        self.language = language
        currency = schedule.alliance.currency
        zone = schedule.zone
    }

    public func lines(_ explanation: LineExplanation) -> [String] {
        let line = explanation.line
        let kind = [
            "\(LineWords.name(of: line.kind, in: language)) (\(line.kind))",
            line.counterparty.map { language.say(.withMerchant, $0) },
            line.price.map { language.say(.atPrice, $0) },
            line.rate.map { language.say(.atRate, Figures.percent($0)) },
            line.reference.map { language.say(.underReference, $0) },
        ]
        let figures = [
            line.points.map { language.say(.countOfPoints, Figures.count($0)) },
            language.say(.amountOf, money(line.amount)),
        ]
        let head = language.say(
            .explainedLine, "\(explanation.number)", explanation.merchant.text,
            language.name(ofPeriod: explanation.period.id), listed(kind))
        return [head, "  " + listed(figures), ""] + lines(explanation.basis, of: explanation)
    }

    private func lines(_ basis: LineExplanation.Basis, of explanation: LineExplanation) -> [String] {
        let rounded = money(explanation.rounded)
        switch basis {
        case .movements(let movements):
            return lines(movements) + [
                language.say(
                    .sumOfMovements, self.movements(movements.count), Figures.count(movements.points),
                    money(movements.exact), rounded)
            ]
        case .rate(let numbers, let base, let exact, let terms):
            let list = numbers.map(String.init).joined(separator: ", ")
            let isTurned = explanation.line.kind == LineKind.redeemFee.name
            return [
                "  "
                    + language.say(
                        isTurned ? .baseLess : .baseOf, money(base),
                        language.say(numbers.count == 1 ? .oneLine : .severalLines, list),
                        Figures.percent(explanation.line.rate ?? "0")),
                "  " + language.say(.byTerms, words(terms)),
                language.say(.sumRounded, money(exact), rounded),
            ]
        case .fee(let terms): return ["  " + language.say(.feeByTerms, words(terms))]
        case .booking(let stored):
            return [
                "  "
                    + language.say(
                        .bookedBy, "\(stored.person)", time(stored.booked), "\(stored.booking.date)",
                        stored.booking.reason)
            ] + (stored.booking.undoes.map { ["  " + language.say(.undoes, $0.text)] } ?? [])
        }
    }

    /// Movements, and the batches that brought their records.
    public func lines(_ movements: ExplainedMovements) -> [String] {
        let left = movements.count - Int64(movements.movements.count)
        return movements.movements.flatMap { lines($0, movements.origins) }
            + (left > 0 ? ["  " + language.say(.moreMovements, Figures.count(left))] : [])
            + (movements.batches.isEmpty ? [] : [""] + lines(movements.batches)) + [""]
    }

    func movements(_ count: Int64) -> String {
        count == 1 ? language.say(.oneMovement) : language.say(.movementCount, Figures.count(count))
    }

    func lines(_ movement: ExplainedMovement, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        let moved = language.say(
            .moved, movement.member.text, language.say(movement.kind.phrase),
            Figures.count(movement.points.count))
        let priced = movement.priced.map { language.say(.byTerms, words($0)) }
        var lines = [
            "  " + listed([moved, movement.exact.map { money($0) }, priced])
        ]
        lines += movement.lines.map { "    " + words($0) }
        lines.append(
            "    "
                + (movement.cause.map { language.say(.byRecord, words($0, origins)) } ?? language.say(.byTime))
        )
        if let reversed = movement.reversed {
            lines.append("    " + language.say(.takesBackRecord, words(reversed, origins)))
        }
        let isOwn =
            movement.cause?.id == movement.lot.id && movement.cause?.merchant == movement.lot.merchant
        let made = isOwn ? language.say(.lotOwn) : language.say(.lotMadeBy, words(movement.lot, origins))
        let terms = movement.terms.map { words($0) } ?? []
        lines.append("    " + listed([language.say(.lotOf, movement.issuer.text)] + terms + [made]))
        return lines
    }

    private func words(_ line: ExplainedLine) -> String {
        let kind = line.key.kind.name
        let name = "\(LineWords.name(of: kind, in: language)) (\(kind))"
        return language.say(.madeLine, name, line.merchant.text) + language.colon
            + listed([
                money(line.exact), line.key.price.map { language.say(.atPrice, $0.description) },
                line.key.rate.map { language.say(.atRate, Figures.percent($0.description)) },
                language.say(.byTerms, words(line.priced)),
            ])
    }

    private func words(_ terms: LotTerms) -> [String] {
        [
            language.say(
                .lotPrice, terms.issuePrice.description,
                DocumentWords.funding(terms.funding.rawValue, in: language)),
            terms.expiresAt.map { language.say(.lotExpires, time($0)) } ?? language.say(.lotNever),
        ]
    }

    func words(_ terms: TermsMention) -> String { terms.said(in: language) }

    /// A record: who, what, when, and where it stands.
    func words(_ record: RecordMention, _ origins: [RecordNumber: RecordOrigin]) -> String {
        let type = record.type.map { DocumentWords.type($0.name, in: language) + " " } ?? ""
        var parts = ["\(type)\(record.merchant)/\(record.id)"]
        if let points = record.points { parts.append(language.say(.ofPoints, Figures.count(points.count))) }
        if let at = record.at { parts.append(language.say(.atTime, time(at))) }
        if let effective = record.effective, effective != record.at {
            parts.append("(" + language.say(.effectiveAt, time(effective)) + ")")
        }
        let text = parts.joined(separator: language == .english ? " " : "，")
        guard let origin = record.number.flatMap({ origins[$0] }) else { return text }
        return text + language.colon
            + language.say(.atBatchLine, origin.batch.batch.text, "\(origin.line)")
    }

    /// Batches as evidence, under their title.
    func lines(_ batches: [SigningBatch]) -> [String] {
        [language.say(.batchList)] + batches.flatMap { lines($0) }
    }

    private func lines(_ batch: SigningBatch) -> [String] {
        let signer = DocumentWords.signer(batch.signer.rawValue, in: language)
        var lines = [
            "  "
                + language.say(
                    .batchNumbered, batch.merchant.text, batch.batch.text, "\(batch.sequence)", signer,
                    time(batch.received), batch.digest),
            "    " + language.say(.signedWith, batch.keyID, batch.signature),
        ]
        if let redacted = batch.redacted {
            lines.append("    " + language.say(.bytesAreRedacted, redacted.text))
        }
        if let archive = batch.archive { lines.append("    " + language.say(.bytesAreIn, words(archive))) }
        return lines
    }

    /// An archive by its name and digest.
    func words(_ archive: StoredArchive) -> String {
        language.say(.archiveNamed, PlainText.of(archive.name), "\(archive.digest)")
    }

    /// What is there of these, one after the other.
    func listed(_ parts: [String?]) -> String {
        parts.compactMap { $0 }.joined(separator: language == .english ? ", " : "，")
    }

    func money(_ minorUnits: Int64) -> String {
        "\(Figures.money(minorUnits, exponent: currency.exponent)) \(currency.code)"
    }

    func money(_ exact: ExactAmount) -> String {
        "\(Figures.money(exact, exponent: currency.exponent)) \(currency.code)"
    }

    func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: zone.offsetSeconds(at: instant), milliseconds: false)
    }
}
