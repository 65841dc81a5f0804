import Foundation
import Testing

/// All that a signed document says, and how a person should find it written; made without the program's own readers
/// and writers.
struct ShownFigures {
    /// By place, as `lines.0.amount`; what is only shown in words is not among them.
    private(set) var texts: [String: String] = [:]
    private let exponent: Int

    init(_ bytes: [UInt8]) throws {
        let json = try JSONSerialization.jsonObject(with: Data(bytes))
        let currency = (json as? [String: Any])?["currency"] as? [String: Any]
        exponent = try #require(currency?["exponent"] as? Int)
        walk(json, "")
    }

    /// Names of kinds, signers and the like, which are put into words; and the exponent, which the digits show.
    private static let inWords: Set = ["kind", "signer", "type", "state", "funding", "exponent"]
    private static let amounts: Set = [
        "amount", "charged", "paid", "value", "debit", "credit", "activity", "payments",
    ]

    private mutating func walk(_ value: Any, _ place: String) {
        switch value {
        case let object as [String: Any]:
            for (name, value) in object where !Self.inWords.contains(name) {
                walk(value, place.isEmpty ? name : "\(place).\(name)")
            }
        case let list as [Any]:
            for (number, value) in list.enumerated() { walk(value, "\(place).\(number)") }
        case let number as NSNumber: texts[place] = written(number.int64Value, place)
        case let text as String: texts[place] = written(text, place)
        default: break
        }
    }

    private func written(_ number: Int64, _ place: String) -> String {
        let parts = place.split(separator: ".").map(String.init)
        let isBalance = ["balance", "positions", "operator", "journal"].contains(parts[0])
        let isMoney = isBalance || Self.amounts.contains(parts[parts.count - 1])
        let isSubtracted = parts[0] == "points" && ["reversed", "redeemed", "expired"].contains(parts[1])
        return Self.grouped(Decimal(number) * (isSubtracted ? -1 : 1), digits: isMoney ? exponent : 0)
    }

    private func written(_ text: String, _ place: String) -> String {
        if place.hasSuffix(".rate") {
            return "\(Decimal(string: text)! * 100)%"
        }
        if ["period.start", "period.end"].contains(place) {
            return text.replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: " UTC")
                .replacing(/(\d)([+-]\d\d:\d\d)$/) { "\($0.1) \($0.2)" }
        }
        return text
    }

    /// A number of minor units by decimal arithmetic.
    static func grouped(_ value: Decimal, digits: Int) -> String {
        var digitsOnly = "\(abs(value))"
        while digitsOnly.count <= digits { digitsOnly = "0" + digitsOnly }
        let minor = digitsOnly.suffix(digits)
        var whole = String(digitsOnly.dropLast(digits))
        var place = whole.count - 3
        while place > 0 {
            whole.insert(",", at: whole.index(whole.startIndex, offsetBy: place))
            place -= 3
        }
        return (value < 0 ? "-" : "") + whole + (digits > 0 ? "." + minor : "")
    }

    /// What a page shows, by the place that it names; each place once, apart from sums, which repeat the balance.
    static func onPage(_ page: String) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for match in page.matches(of: /data-of="([^"]*)"[^>]*>([^<]*)</) {
            let text = String(match.2).replacingOccurrences(of: "\u{2212}", with: "-")
                .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
                .replacingOccurrences(of: "&#39;", with: "'").replacingOccurrences(of: "&quot;", with: "\"")
                .replacingOccurrences(of: "&amp;", with: "&")
            found[String(match.1), default: []].append(text)
        }
        return found
    }

    /// Every figure of the document stands on the page at its place, and nothing that it does not say.
    func expect(on page: String) throws {
        let found = try Self.onPage(page)
        #expect(Set(found.keys) == Set(texts.keys))
        for (place, written) in texts {
            #expect(found[place, default: []].allSatisfy { $0 == written }, "\(place): \(found[place] ?? [])")
        }
    }

    /// The block of the text under a title has these rows and no others, each with the figure of its place in the
    /// document.
    func expect(_ rows: [(name: String, place: String)], under title: String, in text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(lines.firstIndex(of: title), "\(title)")
        let shown = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }
            .map { $0.split(separator: #/ {2,}/#).map(String.init) }
            .filter { !$0[0].hasPrefix("--") }
        let expected = rows.map { [$0.name, texts[$0.place] ?? "no figure of \($0.place)"] }
        #expect(shown == expected, "\(title)")
    }

    /// Every figure stands in the text, as often at least as the document says it; digests of batches, for which a
    /// terminal may be too narrow, if they are asked for.
    func expect(in text: String, batchDigests: Bool) {
        let words = text.split { " \n".contains($0) }.map(String.init)
        var left: [String: Int] = [:]
        for word in words { left[word, default: 0] += 1 }
        for (place, written) in texts.sorted(by: { $0.key < $1.key })
        where batchDigests || !(place.hasPrefix("batches.") && place.hasSuffix(".digest")) {
            for word in written.split(separator: " ").map(String.init) {
                #expect(left[word, default: 0] > 0, "\(place): \(written)")
                left[word, default: 0] -= 1
            }
        }
    }
}
