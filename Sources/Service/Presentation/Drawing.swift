/// A small picture in black and white, of lines, boxes and words; what is drawn is told apart by form, not by
/// colour. Lengths are whole tenths of a unit, so that the same figures give the same bytes.
struct Drawing: Sendable {
    struct Point: Hashable, Sendable {
        let x, y: Int
    }

    enum Fill: Sendable { case none, solid, grey, hatched }
    enum Mark: Sendable { case dot, square }
    enum Anchor: String, Sendable { case start, middle, end }
    enum Stroke: Sendable { case thin, axis, strong }

    enum Shape: Sendable {
        case box(Point, width: Int, height: Int, Fill)
        case path([Point], Stroke)
        case mark(Point, Mark)
        case words(String, Point, Anchor, isStrong: Bool)
    }

    let width, height: Int
    /// What it shows, for those who cannot see it.
    let title: String
    var shapes: [Shape] = []

    mutating func box(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ fill: Fill) {
        shapes.append(.box(Point(x: x, y: y), width: width, height: height, fill))
    }

    mutating func line(_ points: [Point], _ stroke: Stroke) { shapes.append(.path(points, stroke)) }

    mutating func words(_ text: String, _ x: Int, _ y: Int, _ anchor: Anchor, isStrong: Bool = false) {
        shapes.append(.words(text, Point(x: x, y: y), anchor, isStrong: isStrong))
    }
}

extension Drawing {
    /// A bar of a row: from zero to `value`, of `range` that all rows share.
    static func bar(_ value: Int64, in range: ClosedRange<Int64>, _ fill: Fill, title: String) -> Drawing {
        var drawing = Drawing(width: 1200, height: 90, title: title)
        let span = max(Int128(range.upperBound) - Int128(range.lowerBound), 1)
        func place(_ value: Int64) -> Int {
            Int((Int128(value) - Int128(range.lowerBound)) * 1180 / span) + 10
        }
        let (zero, end) = (place(0), place(value))
        drawing.box(min(zero, end), 10, max(abs(end - zero), 6), 70, fill)
        if range.lowerBound < 0 {
            drawing.line([Point(x: zero, y: 0), Point(x: zero, y: 90)], .axis)
        }
        return drawing
    }

    /// The course of one figure, as a line that ends in a dot; a thin line stands at zero where it is crossed.
    static func course(_ values: [Int64], title: String) -> Drawing {
        var drawing = Drawing(width: 900, height: 140, title: title)
        let (low, high) = (Int128(min(values.min() ?? 0, 0)), Int128(max(values.max() ?? 0, 0)))
        func y(_ value: Int128) -> Int { 20 + Int((high - value) * 100 / max(high - low, 1)) }
        drawing.line([Point(x: 20, y: y(0)), Point(x: 880, y: y(0))], .thin)
        let points = values.enumerated().map { place, value in
            Point(x: 20 + (values.count > 1 ? place * 860 / (values.count - 1) : 860), y: y(Int128(value)))
        }
        drawing.line(points, .strong)
        if let last = points.last { drawing.shapes.append(.mark(last, .dot)) }
        return drawing
    }
}
