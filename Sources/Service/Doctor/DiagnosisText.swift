import Settlement

extension Diagnosis {
    /// For a person, one line a finding; `isColoured` where a terminal shows it.
    public func lines(isColoured: Bool) -> [String] {
        let width = findings.map(\.what.count).max() ?? 0
        return findings.map { finding in
            let state = finding.state.rawValue
            let pad = String(repeating: " ", count: 7 - state.count)
            let word = isColoured ? "\u{1B}[\(Self.colour(finding.state))m\(state)\u{1B}[0m" : state
            return word + pad + "  " + finding.what
                + String(repeating: " ", count: width - finding.what.count) + "  " + finding.text
        }
    }

    /// Green, yellow, red.
    private static func colour(_ state: State) -> Int {
        switch state {
        case .ok: 32
        case .warning: 33
        case .trouble: 31
        }
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("well")
            object.boolean(isWell)
            object.member("findings", array: findings) { json, finding in
                json.object { object in
                    object.member("what", finding.what)
                    object.member("state", finding.state.rawValue)
                    object.member("text", finding.text)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
