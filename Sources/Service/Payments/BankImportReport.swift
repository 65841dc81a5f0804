public import Settlement
import Signing
public import Store

/// What became of a bank's statement, for people and for programs.
public struct BankImportReport: Sendable {
    let result: BankImport
    let isTrial: Bool
    private let rows: BankLineTable

    /// Reads a statement and takes it. Throws `refused` with the file and its line, and what the store throws.
    public init(
        importing path: String, in store: Store, by person: Person, at now: Instant, draft: Bool,
        accept: Bool,
        trial: Bool
    ) throws {
        let currency = try store.schedule().alliance.currency
        let bytes = try Self.bytes(of: path)
        do {
            let statement = try BankStatement.read(bytes, currency: currency)
            result = try store.importStatement(
                statement, digest: SHA256Digest(of: bytes), by: person, at: now, draft: draft, accept: accept,
                trial: trial)
        } catch let refusal as BankRefusal {
            throw Failure.refused(path + (refusal.line.map { ":\($0)" } ?? ""), "\(refusal)")
        }
        isTrial = trial
        rows = BankLineTable(currency: currency)
    }

    /// No more of it than is taken.
    private static func bytes(of path: String) throws(Failure) -> [UInt8] {
        do throws(Failure) { return try WholeFile.read(path, limit: BankStatement.mostBytes) } catch {
            guard error.kind == .refused else { throw error }
            let refusal = BankRefusal(
                .statementTooLarge, "expected at most \(BankStatement.mostBytes) bytes, found more")
            throw .refused(path, "\(refusal)")
        }
    }

    /// A line on the file, a row for each entry that was not known, and what is left to do.
    public var text: String {
        if let earlier = result.earlier {
            return "imported already, as file \(result.file) on \(earlier): nothing to do\n"
        }
        let shown = result.results.filter { $0.outcome != .known }
        let waiting = shown.count { [.proposed, .unmatched].contains($0.outcome) }
        var lines = ["file \(result.file), \(result.form.rawValue): \(result.counts)"] + rows.lines(of: shown)
        if result.pending > 0 { lines.append("\(result.pending) not booked yet were passed over") }
        lines += unheld.map {
            "\($0): its balances were not held against its entries, as it does not say both"
        }
        if result.form == .csv { lines.append("it says no balances to hold its entries against") }
        lines += warnings
        if isTrial {
            lines.append("dry run: nothing was changed")
        } else if waiting > 0 {
            lines.append("\(waiting) wait: see `settled payments unmatched`")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Accounts with a statement that does not say how they began and ended.
    private var unheld: [String] {
        result.balances.filter { $0.opening == nil || $0.closing == nil }.map { "account \($0.account)" }
    }

    private var warnings: [String] {
        result.gaps.map { gap in
            "warning: account \(gap.account) opens with \(rows.currency.text(gap.opens)), where no statement of it "
                + "ended; the last one closed with \(rows.currency.text(gap.closed)): is one missing?"
        }
    }

    /// One JSON object, amounts in minor units.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", result.file)
            object.member("form", result.form.rawValue)
            object.member("imported_before", ifPresent: result.earlier?.description)
            object.name("dry_run")
            object.boolean(isTrial)
            object.member("pending", Int64(result.pending))
            object.member("balances", array: result.balances) { json, balances in
                json.object { object in
                    object.member("account", balances.account)
                    object.member("opening", ifPresent: balances.opening?.minorUnits)
                    object.member("closing", ifPresent: balances.closing?.minorUnits)
                }
            }
            object.member("warnings", array: warnings) { $0.string($1) }
            object.member("entries", array: result.results) { BankLineTable.write($1, to: &$0) }
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}

/// The bank's lines that wait, for people and for programs.
public struct UnmatchedListing: Sendable {
    private let results: [BankLineResult]
    private let rows: BankLineTable

    public init(_ store: Store) throws {
        results = try store.waitingBankLines()
        rows = BankLineTable(currency: try store.schedule().alliance.currency)
    }

    /// A row each; empty: none waits.
    public var text: String { results.isEmpty ? "" : rows.lines(of: results).map { $0 + "\n" }.joined() }

    /// One JSON object a line, amounts in minor units.
    public var json: String {
        results.map { result in
            var json = CanonicalJSON()
            BankLineTable.write(result, to: &json)
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}

/// Lines of the bank as rows.
struct BankLineTable: Sendable {
    let currency: Currency

    func lines(of results: [BankLineResult]) -> [String] {
        var table = TextTable(
            .right("entry"), .left("date"), .right("amount"), .left("bank's name"), .left("who"),
            .left("what"),
            .left("outcome"), .left("why"))
        for result in results {
            let line = result.line
            table.add(
                result.number.map { "\($0)" } ?? "", line.date.description,
                Figures.money(line.amount.minorUnits, exponent: currency.exponent),
                PlainText.excerpt(line.reference),
                PlainText.of(line.name ?? line.account ?? ""), Self.what(line), outcome(result),
                result.reason)
        }
        return results.isEmpty ? [] : table.lines
    }

    /// What it quotes, or what it is said to be for.
    private static func what(_ line: BankLine) -> String {
        let quoted = line.endToEnd ?? line.creditorReference ?? line.group
        let text = PlainText.of(String((quoted ?? line.text).prefix(40)))
        return line.returned.map { "\(text) returned, \(PlainText.of($0))" } ?? text
    }

    private func outcome(_ result: BankLineResult) -> String {
        let payments = result.payments.compactMap(\.payment).map { "\($0.reference) of \($0.merchant)" }
        guard !payments.isEmpty else { return result.outcome.rawValue }
        let charges = result.charges.isZero ? "" : ", charges \(currency.text(result.charges))"
        return "\(result.outcome.rawValue) \(payments.joined(separator: ", "))\(charges)"
    }

    static func write(_ result: BankLineResult, to json: inout CanonicalJSON) {
        let line = result.line
        json.object { object in
            object.member("entry", ifPresent: result.number)
            object.member("reference", line.reference)
            object.member("date", line.date.description)
            object.member("amount", line.amount.minorUnits)
            object.member("end_to_end", ifPresent: line.endToEnd)
            object.member("group", ifPresent: line.group)
            object.member("account", ifPresent: line.account)
            object.member("creditor_reference", ifPresent: line.creditorReference)
            object.member("returned", ifPresent: line.returned)
            object.member("name", ifPresent: line.name)
            object.member("text", line.text)
            object.member("stated_charges", ifPresent: line.charges?.minorUnits)
            object.member("outcome", result.outcome.rawValue)
            object.member("reason", ifPresent: result.reason.isEmpty ? nil : result.reason)
            if !result.charges.isZero { object.member("charges", result.charges.minorUnits) }
            object.member("payments", array: result.payments.compactMap(\.payment)) { json, payment in
                json.object { object in
                    object.member("merchant", payment.merchant.text)
                    object.member("reference", payment.reference.text)
                }
            }
        }
    }
}
