import Yams

/// Where libyaml and its Swift binding are met: a text becomes one tree, or a refusal with a line.
enum YAMLText {
    /// The root of the text's only document.
    static func root(of text: String, fileName: String) throws(AllianceFileRefusal) -> Node {
        let root: Node?
        do {
            // The encoding is named so that no environment variable decides it.
            root = try Yams.compose(yaml: text, .default, .default, .utf8)
        } catch let error as YamlError {
            throw refusal(error, in: text, fileName: fileName)
        } catch {
            throw AllianceFileRefusal(
                fileName: fileName, .yamlMalformed, line: 1, reason: "is not YAML: \(error)")
        }
        guard let root else {
            throw AllianceFileRefusal(
                fileName: fileName, .yamlMalformed, line: 1, reason: "is empty, expected an alliance")
        }
        return root
    }

    private static func refusal(_ error: YamlError, in text: String, fileName: String) -> AllianceFileRefusal
    {
        func refuse(_ reason: String, line: Int, column: Int = 1) -> AllianceFileRefusal {
            AllianceFileRefusal(
                fileName: fileName, .yamlMalformed, line: max(1, line), column: max(1, column), reason: reason
            )
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let whole = [context?.text, problem].compactMap { $0 }.joined(separator: " ")
            return refuse("is not YAML: \(whole)", line: mark.line, column: mark.column)
        case .reader(let problem, let offset, _, _):
            let lines = text.utf8.prefix(offset ?? 0).count { $0 == UInt8(ascii: "\n") }
            return refuse("is not YAML: \(problem)", line: lines + 1)
        case .duplicatedKeysInMapping(let names, let context):
            let names = names.map { "`\($0)`" }.joined(separator: ", ")
            return refuse(
                "expected every member once, found \(names) again", line: context.mark.line,
                column: context.mark.column)
        case .memory, .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return refuse("could not be read as YAML", line: 1)
        }
    }
}
