import Configuration

/// The layers of a configuration, and what was found wrong and where each value came from while it was read. Lives as
/// long as one reading.
final class ConfigurationValues {
    /// One of them: the flags, the environment or the file.
    struct Layer {
        let reader: ConfigReader
        /// Where a key stands in it.
        let origin: (String) -> ConfigurationOrigin
    }

    /// The weightiest first.
    private let layers: [Layer]
    private(set) var findings: [Failure]
    /// By key; what is not here has its default.
    private(set) var origins: [String: ConfigurationOrigin] = [:]

    init(_ layers: [Layer], findings: [Failure]) {
        self.layers = layers
        self.findings = findings
    }

    func text(_ key: String) async -> String? {
        await read(key, "text") { try await $0.fetchString(forKey: $1) }
    }

    func truth(_ key: String, or standard: Bool) async -> Bool {
        await read(key, "true or false") { try await $0.fetchBool(forKey: $1) } ?? standard
    }

    /// Nil, and a finding, for a number out of bounds.
    func integer(_ key: String, within bounds: ClosedRange<Int>) async -> Int? {
        guard let value = await read(key, "a whole number", { try await $0.fetchInt(forKey: $1) }) else {
            return nil
        }
        guard bounds.contains(value) else {
            note(key, "expected \(bounds.lowerBound) … \(bounds.upperBound), found \(value)")
            return nil
        }
        return value
    }

    func integer(_ key: String, within bounds: ClosedRange<Int>, or standard: Int) async -> Int {
        await integer(key, within: bounds) ?? standard
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, or standard: Choice
    ) async -> Choice {
        guard let text = await text(key) else { return standard }
        if let choice = Choice(rawValue: text) { return choice }
        let choices = Choice.allCases.map(\.rawValue)
        let meant = Spelling.nearest(to: text, among: choices)
        note(
            key, "expected one of \(choices.joined(separator: ", ")), found \(text)",
            hint: meant.map { "did you mean `\($0)`?" })
        return standard
    }

    /// Notes what is wrong of a key where it was said, or of several in the place of the first that was.
    func note(_ key: String, of keys: [String] = [], _ problem: String, hint: String? = nil) {
        let place = ([key] + keys).compactMap { origins[$0]?.place }.first ?? "configuration"
        findings.append(.misused(place, "\(key): \(problem)", hint: hint))
    }

    /// Which of these keys the weightiest layer has that has any.
    func weightiest(of keys: [String]) async -> [String] {
        for layer in layers {
            var found: [String] = []
            for key in keys {
                // What is not text is something, too.
                let isThere = await Result { try await layer.reader.fetchString(forKey: ConfigKey(key)) }
                if case .success(nil) = isThere { continue }
                found.append(key)
                origins[key] = layer.origin(key)
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func read<Value>(
        _ key: String, _ expected: String, _ fetch: (ConfigReader, ConfigKey) async throws -> Value?
    ) async -> Value? {
        for layer in layers {
            do {
                guard let value = try await fetch(layer.reader, ConfigKey(key)) else { continue }
                origins[key] = layer.origin(key)
                return value
            } catch {
                origins[key] = layer.origin(key)
                note(key, "expected \(expected)")
                return nil
            }
        }
        return nil
    }
}

extension Result where Failure == any Error {
    /// What the reading gave or threw.
    fileprivate init(_ reading: () async throws -> Success) async {
        do { self = .success(try await reading()) } catch { self = .failure(error) }
    }
}
