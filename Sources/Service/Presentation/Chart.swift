/// Figures over the periods: bars side by side, and lines with marks over them.
struct Chart: Sendable {
    enum Look: Sendable {
        case bars(Drawing.Fill)
        case line(Drawing.Mark)
    }

    struct Series: Sendable {
        let name: String
        let look: Look
        let values: [Int64]
    }

    let title: String
    /// The periods, one for each value.
    let periods: [String]
    let series: [Series]
    /// A figure as it is written.
    let label: @Sendable (Int64) -> String

    private static let (width, height, top, bottom, right) = (7000, 1800, 340, 360, 120)

    var drawing: Drawing {
        let axis = Axis(series.flatMap(\.values))
        let ticks = axis.ticks.map { ($0, label(Int64(clamping: $0))) }
        let left = 120 + 62 * (ticks.map { DisplayWidth.columns($0.1) }.max() ?? 0)
        var drawing = Drawing(width: Self.width, height: Self.height, title: title)
        let plot = Plot(
            left: left, slot: (Self.width - left - Self.right) / max(periods.count, 1),
            top: Self.top, height: Self.height - Self.top - Self.bottom, axis: axis)
        for (value, text) in ticks {
            let y = plot.y(value)
            let ends = [left, Self.width - Self.right].map { Drawing.Point(x: $0, y: y) }
            drawing.line(ends, value == 0 ? .axis : .thin)
            drawing.words(Sheet.minus(text), left - 60, y + 35, .end)
        }
        let bars = series.filter { if case .bars = $0.look { true } else { false } }
        for (place, series) in bars.enumerated() { plot.draw(series, place, of: bars.count, in: &drawing) }
        for series in series { plot.drawLine(series, label, in: &drawing) }
        names(of: plot, in: &drawing)
        legend(in: &drawing)
        return drawing
    }

    /// The periods below the axis; where they would touch, only every second, third … up to the last.
    private func names(of plot: Plot, in drawing: inout Drawing) {
        let widest = periods.map { DisplayWidth.columns($0) * 60 + 80 }.max() ?? 0
        let every = max((widest + plot.slot - 1) / max(plot.slot, 1), 1)
        for (place, period) in periods.enumerated() where (periods.count - 1 - place).isMultiple(of: every) {
            drawing.words(period, plot.x(place), Self.height - 80, .middle)
        }
    }

    private func legend(in drawing: inout Drawing) {
        var x = 0
        for series in series {
            switch series.look {
            case .bars(let fill): drawing.box(x, 40, 200, 100, fill)
            case .line(let mark):
                drawing.line([Drawing.Point(x: x, y: 90), Drawing.Point(x: x + 200, y: 90)], .strong)
                drawing.shapes.append(.mark(Drawing.Point(x: x + 100, y: 90), mark))
            }
            drawing.words(series.name, x + 260, 125, .start)
            x += 260 + DisplayWidth.columns(series.name) * 62 + 240
        }
    }
}

/// Where periods and values stand.
private struct Plot {
    let left, slot, top, height: Int
    let axis: Axis

    func x(_ place: Int) -> Int { left + place * slot + slot / 2 }
    func y(_ value: Int128) -> Int { top + axis.depth(value, height: height) }

    func draw(_ series: Chart.Series, _ place: Int, of count: Int, in drawing: inout Drawing) {
        guard case .bars(let fill) = series.look else { return }
        let width = min(slot * 6 / 10 / count, 300)
        for (period, value) in series.values.enumerated() where value != 0 {
            let start = x(period) - width * count / 2 + place * width
            let (zero, end) = (y(0), y(Int128(value)))
            drawing.box(start, min(zero, end), width, max(abs(end - zero), 4), fill)
        }
    }

    /// The line, its marks, and what the last one stands for; all of them, where there are few.
    func drawLine(_ series: Chart.Series, _ label: (Int64) -> String, in drawing: inout Drawing) {
        guard case .line(let mark) = series.look else { return }
        let points = series.values.enumerated().map {
            Drawing.Point(x: x($0.offset), y: y(Int128($0.element)))
        }
        drawing.line(points, .strong)
        for point in points { drawing.shapes.append(.mark(point, mark)) }
        for (place, point) in points.enumerated() {
            let isLast = place == points.count - 1
            guard isLast || points.count <= 6 else { continue }
            let value = series.values[place]
            drawing.words(
                Sheet.minus(label(value)), point.x, point.y + (value < 0 ? 150 : -75), .middle,
                isStrong: isLast)
        }
    }
}
