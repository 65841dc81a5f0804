import Settlement
import Store

/// A statement's figures with what each comes to before rounding, and where its points come from.
extension Explainer {
    /// Explanations in words.
    public func words(in language: Language = .english) -> ExplanationText {
        ExplanationText(schedule, language)
    }

    /// The lines of a statement by number, each with its exact sum.
    public func overview(in language: Language = .english) throws -> [String] {
        let words = words(in: language)
        let (sums, make) = (try sums(), Figured(language: language, exponent: words.currency.exponent))
        var table = TextTable([
            make.left(.lineNumber), make.left(.line), make.left(.counterparty), make.right(.price),
            make.right(.rate), make.left(.reference), make.right(.points), make.right(.exactSum),
            .right(language.say(.amount, words.currency.code)),
        ])
        for (place, line) in statement.lines.enumerated() {
            let exact = exact(line, sums).map { Figures.money($0, exponent: words.currency.exponent) }
            table.add(
                "\(place + 1)", LineWords.name(of: line.kind, in: language), line.counterparty ?? "",
                line.price ?? "", line.rate.map { Figures.percent($0) } ?? "", line.reference ?? "",
                line.points.map { Figures.count($0) } ?? "", exact ?? "", make.money(line.amount).text)
        }
        let command = "settled explain \(merchant) \(period.id)"
        let isEmpty = statement.lines.isEmpty
        return [
            language.say(
                .overviewTitle, merchant.text, language.name(ofPeriod: period.id), "\(statement.number)",
                words.currency.code)
        ]
            + (isEmpty ? ["  " + language.say(.noLines)] : table.lines)
            + ["", words.balance(of: statement)]
            + (try bookings().filter { $0.booking.kind == .payment }).map { words.line(ofPayment: $0) }
            + (isEmpty ? [] : [language.say(.eachLine, "\(command) --line N")])
            + [language.say(.thePoints, "\(command) --points")]
    }

    /// The figures of the merchant's points, each with the movements that make it up.
    public func pointFigures(_ window: Window) throws -> [PointFigure] {
        let points = statement.points
        let figures: [(name: String, kinds: Set<Movement.Kind>, stated: Int64)] = [
            ("issued", [.issue], points.issued), ("reversed", [.recovery, .debtRecovery], points.reversed),
            ("redeemed", [.allocation], points.redeemed), ("restored", [.restoration], points.restored),
            ("expired", [.expiry], points.expired),
        ]
        return try figures.map { name, kinds, stated in
            PointFigure(name: name, stated: stated, movements: try self.points(of: kinds, window))
        }
    }
}

extension StatementDocument.Line {
    fileprivate func write(to json: inout CanonicalJSON, exact: ExactAmount?) {
        json.member("kind", kind)
        json.member("counterparty", ifPresent: counterparty)
        json.member("price", ifPresent: price)
        json.member("rate", ifPresent: rate)
        json.member("reference", ifPresent: reference)
        if let points { json.member("points", points) }
        json.member("exact", ifPresent: exact?.description)
        json.member("amount", amount)
    }
}

/// One of the figures that an issuer's open points went through.
public struct PointFigure: Sendable {
    /// As the statement calls it.
    public let name: String
    /// What the statement says.
    public let stated: Int64
    public let movements: ExplainedMovements
}

extension ExplanationText {
    fileprivate func balance(of statement: StatementDocument) -> String {
        let balance = statement.balance
        let (opening, activity) = (money(balance.opening), money(balance.activity))
        let (payments, closing) = (money(balance.payments), money(balance.closing))
        guard statement.number > 1 else {
            return language.say(.balanceAtStart, opening, activity, payments, closing)
        }
        return language.say(
            .balanceFrom, opening, "\(statement.number - 1)", activity, payments, closing)
    }

    fileprivate func line(ofPayment stored: StoredBooking) -> String {
        let booking = stored.booking
        return "  "
            + language.say(
                .paymentOf, booking.reference.text, money(booking.amount.minorUnits), "\(booking.date)",
                booking.reason)
    }
}

extension PointFigure {
    fileprivate var phrase: Phrase {
        switch name {
        case "issued": .issued
        case "reversed": .reversed
        case "redeemed": .redeemed
        case "restored": .restored
        default: .expired
        }
    }
}

extension Explainer {
    public func text(_ figures: [PointFigure], in language: Language = .english) -> [String] {
        let text = words(in: language)
        let points = statement.points
        let sum =
            "\(Figures.count(points.opening)) + \(Figures.count(points.issued)) - \(Figures.count(points.reversed))"
            + " - \(Figures.count(points.redeemed)) + \(Figures.count(points.restored))"
            + " - \(Figures.count(points.expired)) = \(Figures.count(points.closing))"
        return [
            language.say(.pointsOf, merchant.text, language.name(ofPeriod: period.id)),
            "  \(language.say(.opening)) \(Figures.count(points.opening))",
        ]
            + figures.flatMap { figure in
                // What is told of movements ends with an empty line.
                [
                    "",
                    language.say(
                        .figureIn, language.say(figure.phrase), Figures.count(figure.stated),
                        text.movements(figure.movements.count)),
                ]
                    + (figure.movements.count > 0 ? text.lines(figure.movements).dropLast() : [])
            } + ["", "  \(sum) (\(language.say(.closing)))"]
    }

    public func json(_ figures: [PointFigure]) -> String {
        var json = CanonicalJSON()
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("period", period.id)
            json.member("opening", statement.points.opening)
            json.member("figures", array: figures) { json, figure in
                json.object { json in
                    json.member("name", figure.name)
                    json.member("stated", figure.stated)
                    figure.movements.write(to: &json)
                }
            }
            json.member("closing", statement.points.closing)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The same of the lines, each with its number and its exact sum, and the balance.
    public func overviewJSON() throws -> String {
        let sums = try sums()
        var json = CanonicalJSON()
        json.object { json in
            json.member("merchant", merchant.text)
            json.member("period", period.id)
            json.member("lines", array: statement.lines.enumerated()) { json, numbered in
                json.object { json in
                    json.member("number", Int64(numbered.offset + 1))
                    numbered.element.write(to: &json, exact: exact(numbered.element, sums))
                }
            }
            json.member("balance") { json in
                json.member("opening", statement.balance.opening)
                json.member("activity", statement.balance.activity)
                json.member("payments", statement.balance.payments)
                json.member("closing", statement.balance.closing)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
