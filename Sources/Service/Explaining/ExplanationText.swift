public import Settlement
import Store

/// Explanations for people: from a figure down to the signatures.
public struct ExplanationText {
    private let zone: ZoneRules

    /// Times are written in the alliance's zone.
    public init(zone: ZoneRules) { self.zone = zone }

    public func lines(_ explanation: LineExplanation) -> [String] {
        let line = explanation.line
        let key = [
            line.counterparty.map { "with \($0)" }, line.price.map { "at \($0)" },
            line.rate.map { "rate \($0)" }, line.reference.map { "reference \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
        let head =
            "line \(explanation.number) of \(explanation.merchant) for \(explanation.period.id): \(line.kind)"
            + (key.isEmpty ? "" : " \(key)")
        let amount = "amount \(line.amount) minor units"
        return [head, "  " + (line.points.map { "\(Figures.count($0)) points, " } ?? "") + amount, ""]
            + lines(explanation.basis, of: explanation)
    }

    private func lines(_ basis: LineExplanation.Basis, of explanation: LineExplanation) -> [String] {
        switch basis {
        case .movements(let movements):
            return lines(movements) + [
                "sum of \(Self.movements(movements.count)): \(Figures.count(movements.points)) points,"
                    + " \(movements.exact) minor units, half to even \(explanation.rounded)"
            ]
        case .rate(let numbers, let base, let exact, let terms):
            let list = numbers.map(String.init).joined(separator: ", ")
            return [
                "  \(base) minor units, the sum of line\(numbers.count == 1 ? "" : "s") \(list),"
                    + " times \(explanation.line.rate ?? "0")",
                "  by \(terms)", "sum: \(exact) minor units, half to even \(explanation.rounded)",
            ]
        case .fee(let terms): return ["  the fee of a period, by \(terms)"]
        case .booking(let stored):
            return [
                "  booked by the operator (\(stored.person)) on \(time(stored.booked)) for"
                    + " \(stored.booking.date): \(stored.booking.reason)"
            ] + (stored.booking.undoes.map { ["  it takes back \($0)"] } ?? [])
        }
    }

    /// Movements, and the batches that brought their records.
    public func lines(_ movements: ExplainedMovements) -> [String] {
        let told = Int64(movements.movements.count)
        return movements.movements.flatMap { lines($0, movements.origins) }
            + (told < movements.count
                ? ["  and \(Figures.count(movements.count - told)) more: see --limit and --offset"] : [])
            + (movements.batches.isEmpty ? [] : ["", "batches"] + movements.batches.flatMap { lines($0) })
            + [""]
    }

    static func movements(_ count: Int64) -> String {
        "\(Figures.count(count)) movement" + (count == 1 ? "" : "s")
    }

    func lines(_ movement: ExplainedMovement, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        let exact = movement.exact.map { ", \($0) minor units" } ?? ""
        let priced = movement.priced.map { ", by \($0)" } ?? ""
        let cause = movement.cause.map { "by \(words($0, origins))" } ?? "by time alone"
        var lines = [
            "  \(movement.member): \(movement.kind.rawValue) of \(movement.points.count) points\(exact)\(priced)",
            "    " + cause,
        ]
        if let reversed = movement.reversed {
            lines.append("    which takes back \(words(reversed, origins))")
        }
        lines.append(
            "    lot of \(movement.issuer)" + (movement.terms.map(words) ?? "")
                + (movement.cause?.id == movement.lot.id && movement.cause?.merchant == movement.lot.merchant
                    ? ", which it made" : ", made by \(words(movement.lot, origins))"))
        return lines
    }

    private func words(_ terms: LotTerms) -> String {
        ", price \(terms.issuePrice), paid when \(terms.funding == .issue ? "issued" : "redeemed")"
            + (terms.expiresAt.map { ", expires \(time($0))" } ?? ", never expires")
    }

    /// A record: who, what, when, and where it stands.
    func words(_ record: RecordMention, _ origins: [RecordNumber: RecordOrigin]) -> String {
        var text = (record.type.map { "\($0.name) " } ?? "") + "\(record.merchant)/\(record.id)"
        if let points = record.points { text += " of \(points.count) points" }
        if let at = record.at { text += " at \(time(at))" }
        if let effective = record.effective, effective != record.at {
            text += " (effective \(time(effective)))"
        }
        if let origin = record.number.flatMap({ origins[$0] }) {
            text += ": batch \(origin.batch.batch) line \(origin.line)"
        }
        return text
    }

    func lines(_ batch: SigningBatch) -> [String] {
        [
            "  \(batch.merchant) \(batch.batch): number \(batch.sequence) of the \(batch.signer.rawValue),"
                + " received \(time(batch.received)), \(batch.digest)",
            "    signed by \(batch.keyID): \(batch.signature)",
        ] + (batch.archive.map { ["    its bytes are in \($0.inWords)"] } ?? [])
    }

    func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: zone.offsetSeconds(at: instant), milliseconds: false)
    }
}
