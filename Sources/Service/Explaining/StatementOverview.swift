public import Settlement
import Store

/// A statement's figures with what each comes to before rounding, and where its points come from.
extension Explainer {
    /// The lines of a statement by number, each with its exact sum.
    public func overview() throws -> [String] {
        let sums = try sums()
        var table = TextTable(
            .right("line"), .left("kind"), .left("with"), .right("price"), .right("rate"), .left("reference"),
            .right("points"), .right("exact"), .right("amount"))
        for (place, line) in statement.lines.enumerated() {
            table.add(
                "\(place + 1)", line.kind, line.counterparty ?? "", line.price ?? "", line.rate ?? "",
                line.reference ?? "", line.points.map { "\($0)" } ?? "",
                exact(line, sums)?.description ?? "", "\(line.amount)")
        }
        let balance = statement.balance
        return ["statement of \(merchant) for \(period.id), number \(statement.number), in minor units"]
            + (statement.lines.isEmpty ? ["  it has no lines"] : table.lines) + [""]
            + [
                "balance: \(balance.opening)"
                    + (statement.number > 1 ? " of number \(statement.number - 1)" : " at the start")
                    + " + \(balance.activity) of the lines + \(balance.payments) of payments = \(balance.closing)"
            ]
            + (try bookings().filter { $0.booking.kind == .payment }).map {
                "  payment \($0.booking.reference) of \($0.booking.amount.minorUnits) on \($0.booking.date):"
                    + " \($0.booking.reason)"
            }
            + (statement.lines.isEmpty
                ? [] : ["each line: settled explain \(merchant) \(period.id) --line N"])
            + ["the points: settled explain \(merchant) \(period.id) --points"]
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

extension Explainer {
    public func text(_ figures: [PointFigure]) -> [String] {
        let text = ExplanationText(zone: schedule.zone)
        let points = statement.points
        return ["points of \(merchant) for \(period.id)", "  opening \(points.opening)"]
            + figures.flatMap { figure in
                // What is told of movements ends with an empty line.
                [
                    "",
                    "\(figure.name) \(figure.stated), in \(ExplanationText.movements(figure.movements.count))",
                ]
                    + (figure.movements.count > 0 ? text.lines(figure.movements).dropLast() : [])
            } + [
                "",
                "  \(points.opening) + \(points.issued) - \(points.reversed) - \(points.redeemed)"
                    + " + \(points.restored) - \(points.expired) = \(points.closing), closing",
            ]
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

    public var zone: ZoneRules { schedule.zone }
}
