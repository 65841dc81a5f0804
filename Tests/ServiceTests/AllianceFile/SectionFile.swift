import Service

/// An alliance file with one section of the alliance's own, on line 7, and of its only merchant, on line 11.
struct SectionFile {
    /// The section's name.
    let name: String

    func text(_ own: String, _ theirs: String) -> String {
        """
        id: demo
        name: Demo
        currency: EUR
        timezone: Europe/Berlin
        period: month
        start: 2026-01-01
        \(name): \(own)
        merchants:
          - id: M
            name: M
            \(name): \(theirs)
            terms: [{from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}]
        """
    }

    /// What is refused of it, in order: line, code and path.
    func refusals(_ own: String, _ theirs: String) -> [String] {
        do throws(AllianceFileRefusal) {
            _ = try AllianceFile.parse(text: text(own, theirs), fileName: "a.yaml")
            return []
        } catch {
            return error.problems.map { "\($0.line): \($0.code.text) \($0.path)" }
        }
    }
}
