extension Drawing {
    /// What the template `drawing` needs. `number` is one of its own on the page, for the pattern's id.
    func context(kind: String, number: Int) -> [String: Any] {
        let pattern = "hatch-\(number)"
        var context: [String: Any] = [
            "kind": kind, "width": Self.units(width), "height": Self.units(height), "drawn": title,
            "shapes": shapes.map { Self.context($0, pattern: pattern) },
        ]
        let isHatched = shapes.contains { if case .box(_, _, _, .hatched) = $0 { true } else { false } }
        if isHatched { context["pattern"] = pattern }
        return context
    }

    private static func context(_ shape: Shape, pattern: String) -> [String: Any] {
        switch shape {
        case .box(let corner, let width, let height, let fill):
            [
                "box": [
                    "x": units(corner.x), "y": units(corner.y), "w": units(width), "h": units(height),
                    "fill": paint(fill, pattern: pattern),
                ]
            ]
        case .path(let points, let stroke):
            [
                "path": [
                    "points": points.map { "\(units($0.x)),\(units($0.y))" }.joined(separator: " "),
                    "stroke": line(stroke).colour, "thick": line(stroke).thickness,
                ]
            ]
        case .mark(let point, .dot): ["dot": ["x": units(point.x), "y": units(point.y)]]
        case .mark(let point, .square): ["square": ["x": units(point.x - 30), "y": units(point.y - 30)]]
        case .words(let words, let point, let anchor, let isStrong):
            [
                "words": [
                    "x": units(point.x), "y": units(point.y), "anchor": anchor.rawValue, "words": words,
                    "weight": isStrong ? "bold" : "normal",
                ]
            ]
        }
    }

    private static func paint(_ fill: Fill, pattern: String) -> String {
        switch fill {
        case .none: "#fff"
        case .solid: "#222"
        case .grey: "#ccc"
        case .hatched: "url(#\(pattern))"
        }
    }

    private static func line(_ stroke: Stroke) -> (colour: String, thickness: String) {
        switch stroke {
        case .thin: ("#ccc", "0.6")
        case .axis: ("#222", "0.8")
        case .strong: ("#222", "1.6")
        }
    }

    /// Tenths as a decimal.
    private static func units(_ tenths: Int) -> String {
        let sign = tenths < 0 ? "-" : ""
        let (whole, tenth) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return tenth == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(tenth)"
    }
}
