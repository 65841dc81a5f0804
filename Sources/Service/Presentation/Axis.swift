/// Round ticks for figures: zero is among them, a step is 1, 2 or 5 times a power of ten, and there are few.
struct Axis: Sendable {
    let low, high, step: Int128

    init(_ values: some Sequence<Int64>) {
        let (least, most) = values.reduce((Int128(0), Int128(0))) { ends, value in
            (min(ends.0, Int128(value)), max(ends.1, Int128(value)))
        }
        var step: Int128 = 1
        var factor = 0
        // 1, 2, 5, 10, 20, 50 …
        while (most - least) > 4 * step {
            step = factor == 1 ? step / 2 * 5 : step * 2
            factor = (factor + 1) % 3
        }
        self.step = step
        low = Self.floor(least, step)
        high = max(-Self.floor(-most, step), low + step)
    }

    private static func floor(_ value: Int128, _ step: Int128) -> Int128 {
        let rest = value % step
        return rest < 0 ? value - rest - step : value - rest
    }

    var ticks: [Int128] { Array(stride(from: low, through: high, by: Int128.Stride(step))) }

    /// How far below the top a value stands, on an axis of this height.
    func depth(_ value: Int128, height: Int) -> Int { Int((high - value) * Int128(height) / (high - low)) }
}
