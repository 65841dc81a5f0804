/// The languages that statements and reports are written in. Figures look alike in all of them: thousands apart
/// by commas, a point before the minor units.
public enum Language: String, Hashable, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// As HTML names it (RFC 5646).
    var tag: String {
        switch self {
        case .english: "en"
        case .chinese: "zh-Hans"
        }
    }

    /// Between a name and what it stands for.
    var colon: String { self == .english ? ": " : "：" }

    /// A phrase with `arguments` in place of `%1`, `%2` …
    func say(_ phrase: Phrase, _ arguments: String...) -> String {
        let wording = phrase.wording
        let pieces = (self == .english ? wording.english : wording.chinese)
            .split(separator: "%", omittingEmptySubsequences: false)
        return pieces.dropFirst().reduce(String(pieces[0])) { said, piece in
            guard let place = piece.first?.wholeNumberValue, arguments.indices.contains(place - 1) else {
                preconditionFailure("\(phrase) has no argument for %\(piece)")
            }
            return said + arguments[place - 1] + piece.dropFirst()
        }
    }

    /// A period's name for a person: `April 2025`, `week 47 of 2026`, `24 November 2026`; an id of no such form
    /// stays as it is.
    func name(ofPeriod id: String) -> String {
        let parts = id.split(separator: "-")
        guard parts.count > 1, let year = Int(parts[0]) else { return id }
        if parts.count == 2, parts[1].hasPrefix("W"), let week = Int(parts[1].dropFirst()) {
            return self == .english ? "week \(week) of \(year)" : "\(year)年第\(week)周"
        }
        guard let month = Int(parts[1]), Self.months.indices.contains(month - 1) else { return id }
        let day = parts.count == 3 ? Int(parts[2]) : nil
        switch self {
        case .english:
            return (day.map { "\($0) " } ?? "") + "\(Self.months[month - 1]) \(year)"
        case .chinese: return "\(year)年\(month)月" + (day.map { "\($0)日" } ?? "")
        }
    }

    /// A row of the database by its place, as `disputes, row 1`; a place of no such form stays as it is.
    func name(ofRow place: String) -> String {
        let words = place.split(separator: " ", maxSplits: 2)
        guard self == .chinese, words.count == 3, words[0].hasSuffix(",") else { return place }
        let (table, row) = (words[0].dropLast(), words[2])
        switch words[1] {
        case "row": return "数据表 \(table) 第 \(row) 行"
        case "period": return "数据表 \(table) 第 \(row) 期"
        case "batch": return "数据表 \(table) 批次 \(row)"
        default: return place
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
}
