extension Sheet {
    /// For a terminal: aligned by the width of what is shown, with a line end at its end.
    var text: String {
        var blocks = [[sender, title] + recipient, Self.list(facts) + [signs]]
        if let headline {
            blocks.append([headline.name + language.colon + headline.cell.text, headline.sentence])
        }
        blocks += parts.map(block)
        blocks.append([language.say(.check)] + Self.list(proof.facts) + Self.wrapped(proof.sentence))
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func block(_ part: Part) -> [String] {
        switch part {
        case .table(let table): lines(of: table)
        case .meanings(let title, let meanings):
            [title]
                + meanings.flatMap { meaning in
                    let name = meaning.word.isEmpty ? meaning.code : "\(meaning.word) (\(meaning.code))"
                    return Self.wrapped(name + language.colon + meaning.sentence)
                }
        case .sentence(let title, let sentence): [title] + Self.wrapped(sentence)
        }
    }

    private func lines(of table: Table) -> [String] {
        guard !table.rows.isEmpty else { return [table.title + language.colon + language.say(.none)] }
        // What a page draws has no place in a text.
        var text = TextTable(table.columns)
        for row in table.rows {
            let cells = row.cells.map(\.text)
            if row.isSum { text.sum(cells) } else { text.add(cells) }
        }
        return [table.title] + (table.intro.map { Self.wrapped($0) } ?? []) + text.lines
    }

    /// Sentences indented by two columns, in lines of at most 100; further lines by four. Chinese may break anywhere but
    /// before a sign that closes.
    static func wrapped(_ sentence: String) -> [String] {
        var lines: [String] = []
        var line = "  "
        var word = ""
        func width(_ text: String) -> Int { DisplayWidth.columns(text) }
        func take() {
            if width(line) + width(word) > 100, !line.allSatisfy({ $0 == " " }) {
                lines.append(line)
                line = "    "
                if word.hasPrefix(" ") { word.removeFirst() }
            }
            line += word
            word = ""
        }
        for character in sentence {
            let isWide = DisplayWidth.columns(String(character)) == 2 && !"，。；：、）".contains(character)
            let isAfterWide = word.last.map { DisplayWidth.columns(String($0)) == 2 } ?? false
            if character == " " || isWide || (isAfterWide && !"，。；：、）".contains(character)) { take() }
            word.append(character)
        }
        take()
        return lines + [line]
    }

    private static func list(_ facts: [(name: String, cell: Cell)]) -> [String] {
        var table = TextTable([.left(""), .left("")])
        for fact in facts { table.add(fact.name, fact.cell.text) }
        return table.lines
    }
}
