import Mustache

extension Sheet {
    /// One page of HTML that needs nothing else: no script, no file beside it, made for print on A4.
    var page: String {
        guard let page = Self.templates.render(context, withTemplate: "page") else {
            preconditionFailure("the template of the page is there")
        }
        return page
    }

    /// The templates by their names; what they are given is escaped as HTML wherever it stands.
    private static let templates: MustacheLibrary = {
        var library = MustacheLibrary()
        let texts = [
            "page": PackageResources.page_mustache, "style": PackageResources.style_mustache,
            "fact": PackageResources.fact_mustache, "table": PackageResources.table_mustache,
            "drawing": PackageResources.drawing_mustache,
        ]
        for (name, text) in texts {
            do {
                try library.register(String(decoding: text, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the template \(name) is well formed: \(error)")
            }
        }
        return library
    }()

    private var context: [String: Any] {
        var numbers = 0
        var context: [String: Any] = [
            "lang": language.tag, "title": title, "sender": sender, "running": Self.inStyle(running),
            "recipient": recipient, "facts": facts.map { Self.fact($0.name, $0.cell) }, "signs": signs,
            "parts": self.parts(&numbers), "check": language.say(.check),
            "proof": proof.facts.map { Self.fact($0.name, $0.cell) }, "sentence": proof.sentence,
        ]
        if let headline {
            var fact = Self.fact(headline.name, headline.cell, isFigure: true)
            fact["sentence"] = headline.sentence
            context["headline"] = fact
        }
        return context
    }

    /// Text between the quotes of a style sheet, where escapes of HTML mean nothing: all but letters, digits and a
    /// few signs is left out.
    private static func inStyle(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber || " ._-/:·".contains($0) }
    }

    private static func fact(_ name: String, _ cell: Cell, isFigure: Bool = false) -> [String: Any] {
        var fact: [String: Any] = ["name": name, "text": isFigure ? minus(cell.text) : cell.text]
        fact["source"] = cell.source
        return fact
    }

    /// On paper a minus is as wide as a plus.
    static func minus(_ figure: String) -> String {
        figure.hasPrefix("-") ? "\u{2212}" + figure.dropFirst() : figure
    }

    /// Narrow tables that follow each other stand side by side.
    private func parts(_ numbers: inout Int) -> [[String: Any]] {
        var contexts: [[String: Any]] = []
        var narrow: [[String: Any]] = []
        for (place, part) in parts.enumerated() {
            guard case .table(let table) = part, table.isNarrow else {
                contexts.append(context(part, &numbers))
                continue
            }
            narrow.append(context(table, &numbers))
            var isFollowed = false
            if narrow.count == 1, place + 1 < parts.count, case .table(let next) = parts[place + 1] {
                isFollowed = next.isNarrow
            }
            guard !isFollowed else { continue }
            contexts.append(["pair": ["tables": narrow]])
            narrow = []
        }
        return contexts
    }

    private func context(_ part: Part, _ numbers: inout Int) -> [String: Any] {
        switch part {
        case .table(let table): return ["table": context(table, &numbers)]
        case .sentence(let title, let sentence):
            return ["plain": ["heading": title, "sentence": sentence]]
        case .meanings(let title, let meanings):
            let entries = meanings.map { ["word": $0.word, "code": $0.code, "sentence": $0.sentence] }
            return ["meanings": ["heading": title, "entries": entries] as [String: Any]]
        }
    }

    private func context(_ table: Table, _ numbers: inout Int) -> [String: Any] {
        let used = table.used
        var context: [String: Any] = [
            "class": table.isNarrow || table.rows.count > 14 ? "long" : "short", "heading": table.title,
            "drawings": table.drawings.map { drawing in
                numbers += 1
                return drawing.context(kind: "chart", number: numbers)
            },
        ]
        context["intro"] = table.intro
        guard !table.rows.isEmpty else {
            context["none"] = language.say(.none)
            return context
        }
        let sides = table.columns.map { $0.alignment == .left ? "left" : "right" }
        var grid: [String: Any] = [
            "rows": table.rows.map { row in
                let cells = used.map { self.cell(row.cells[$0], sides[$0], &numbers) }
                return ["sum": row.isSum, "cells": cells] as [String: Any]
            }
        ]
        if used.contains(where: { !table.columns[$0].title.isEmpty }) {
            grid["head"] = ["titles": used.map { ["side": sides[$0], "text": table.columns[$0].title] }]
        }
        context["grid"] = grid
        return context
    }

    private func cell(_ cell: Cell, _ side: String, _ numbers: inout Int) -> [String: Any] {
        // A digest is one long word: it would leave no room for the ids beside it.
        let isDigest = cell.text.hasPrefix("sha256:")
        var context: [String: Any] = [
            "side": isDigest ? side + " digest" : side,
            "text": side == "right" ? Self.minus(cell.text) : cell.text,
        ]
        context["source"] = cell.source
        if let note = cell.note {
            var small: [String: Any] = ["noteText": note.text]
            small["noteSource"] = note.source
            context["note"] = small
        }
        if let drawing = cell.drawing {
            numbers += 1
            context["bar"] = drawing.context(kind: drawing.height > 100 ? "spark" : "bar", number: numbers)
        }
        return context
    }
}
