import Settlement
import Store

extension ExplanationText {
    /// A record's life, chapter after chapter.
    public func lines(_ life: RecordLife) -> [String] {
        let (origin, now) = (life.origin, life.standing.state)
        let received = language.say(
            .receivedIn, time(origin.batch.received), origin.batch.batch.text, "\(origin.line)")
        let period = language.name(ofPeriod: life.calendar.period(origin.period).id)
        var lines = lines(origin.record, of: origin.merchant)
        lines.append(
            "  "
                + listed([
                    received, origin.late ? language.say(.isLate) : nil, language.say(.belongsTo, period),
                ]))
        lines += life.copies.flatMap { self.lines($0, of: origin) }
        lines += more(life.copiesCount - life.copies.count)
        if !life.unread.isEmpty {
            lines.append("  " + language.say(.copiesUnknown, listed(life.unread.map(words))))
        }
        for chapter in life.chapters {
            lines += ["", language.name(ofPeriod: chapter.period.id)] + self.lines(chapter, life.origins)
        }
        lines += ["", language.say(.nowIs, listed([word(now), now.code]))]
        if !life.debts.isEmpty {
            lines += ["", language.say(.debtList)] + life.debts.flatMap { self.lines($0, life.origins) }
            lines += more(life.debtsCount - life.debts.count)
        }
        if !life.paid.isEmpty {
            lines += ["", language.say(.paidList)]
            lines += life.paid.flatMap { self.lines($0, life.origins) }
            lines += more(life.paidCount - life.paid.count)
        }
        return lines + [""] + self.lines(life.batches)
    }

    /// What a record says of itself.
    func lines(_ record: Settlement.Record, of merchant: MerchantID) -> [String] {
        let extras = [
            record.amount.map { language.say(.amountOf, money($0.minorUnits)) },
            record.ref.map { language.say(.takesBack, $0.text) },
            record.store.map { language.say(.atStore, $0.text) },
            record.campaign.map { language.say(.byCampaign, $0.text) },
            record.item.map { language.say(.byItem, $0.text) },
            record.expires.map { language.say(.validThrough, $0.description) },
        ].compactMap { $0 }
        let head = language.say(
            .recordOf, DocumentWords.type(record.type.name, in: language), "\(merchant)/\(record.id)",
            Figures.count(record.points.count), record.member.text, time(record.at))
        return [head] + (extras.isEmpty ? [] : ["  " + listed(extras)])
    }

    /// A copy that came before the record, or after it, and what it said where that was something else.
    private func lines(_ copy: RecordCopy, of origin: RecordOrigin) -> [String] {
        let came = language.say(
            copy.isBefore(origin) ? .cameBefore : .cameAgain, time(copy.batch.received),
            copy.batch.batch.text, "\(copy.line)",
            copy.code.map { language.say(.refusedWith, $0.rawValue) } ?? language.say(.equalIgnored))
        let other = copy.content(besides: origin).map { lines($0, of: origin.merchant) } ?? []
        return ["  " + came] + other.map { "    " + $0 }
    }

    private func lines(_ chapter: RecordLife.Chapter, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        var lines: [String] = []
        if let outcome = chapter.outcome {
            let tried =
                chapter.attempts == 1
                ? language.say(.triedOnce) : language.say(.triedTimes, "\(chapter.attempts)")
            lines.append(
                "  "
                    + listed([
                        words(outcome), chapter.effective.map { language.say(.effectiveAt, time($0)) },
                        chapter.attempts > 0 ? tried : nil,
                    ]))
        }
        lines += chapter.movements.flatMap { self.lines($0, origins) }
        lines += more(chapter.movementsCount - chapter.movements.count)
        lines += chapter.reversals.map { reversal, outcome in
            "  " + language.say(.reversalRecord, words(reversal, origins), words(outcome))
        }
        lines += more(chapter.reversalsCount - chapter.reversals.count)
        if let lot = chapter.lot {
            let figures = [lot.open, lot.expired, lot.reversed, lot.points].map { Figures.count($0.count) }
            lines.append("  " + language.say(.lotThen, figures[0], figures[1], figures[2], figures[3]))
        }
        return lines
    }

    private func words(_ outcome: Outcome) -> String {
        let code: String? =
            if case .shortfall(let missing) = outcome {
                language.say(.shortOf, Figures.count(missing.count))
            } else {
                outcome.code
            }
        return listed([DocumentWords.state(outcome.word, in: language), code])
    }

    private func word(_ state: RecordState) -> String {
        if case .open = state { return language.say(.stateOpen) }
        return DocumentWords.state(state.word, in: language)
    }

    /// How many of a list are not told, if any.
    func more(_ count: Int) -> [String] {
        count > 0 ? ["  " + language.say(.andMore, Figures.count(Int64(count)))] : []
    }

    /// A debt, and what paid it.
    private func lines(_ debt: ExplainedDebt, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        let left = language.say(
            .debtLeft, language.name(ofPeriod: debt.period.id), Figures.count(debt.points.count),
            debt.issuer.text)
        let owed =
            debt.owed.isZero
            ? language.say(.debtDone) : language.say(.debtOwed, Figures.count(debt.owed.count))
        var lines = [
            "  " + left, "    " + language.say(.debtLeftBy, words(debt.reversal, origins)),
            "    " + language.say(.debtForLot, words(debt.lot, origins)),
        ]
        for payment in debt.payments {
            let period = language.name(ofPeriod: payment.period.id)
            let points = Figures.count(payment.points.count)
            lines.append(
                "    " + language.say(payment.isTaken ? .debtPaid : .debtLessened, period, points))
            lines += self.lines(payment, origins)
        }
        return lines + more(debt.paymentsCount - debt.payments.count).map { "  " + $0 } + ["    " + owed]
    }

    /// What a record's points paid of a debt.
    private func lines(_ paid: PaidDebt, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        let payment = paid.payment
        let head = language.say(
            payment.isTaken ? .paidDebt : .lessenedDebt, language.name(ofPeriod: payment.period.id),
            Figures.count(payment.points.count), paid.issuer.text)
        return ["  " + head] + lines(payment, origins)
            + ["      " + language.say(.debtLeftBy, words(paid.reversal, origins))]
    }

    /// From which lot, and by which record, if that is not the one that made the lot.
    private func lines(
        _ payment: ExplainedDebt.Payment, _ origins: [RecordNumber: RecordOrigin]
    ) -> [String] {
        let isOwn =
            payment.cause.id == payment.lot.id && payment.cause.merchant == payment.lot.merchant
        let lot =
            payment.isTaken ? [language.say(.debtFromLot, words(payment.lot, origins))] : []
        let cause = isOwn ? [] : [language.say(.byRecord, words(payment.cause, origins))]
        return (lot + cause).map { "      " + $0 }
    }
}
