/// Finds the word that someone probably meant.
enum Spelling {
    /// The known word nearest to one that is not, if it is near enough to be meant; the first of equally
    /// near.
    static func nearest(to word: String, among known: [String]) -> String? {
        let plain = word.lowercased().replacing("-", with: "_")
        if known.contains(plain) { return plain }
        if let extended = known.first(where: { plain.hasPrefix($0 + "_") || $0.hasPrefix(plain + "_") }) {
            return extended
        }
        let near = known.map { (word: $0, distance: distance(plain, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, near.word.count / 3) else { return nil }
        return near.word
    }

    /// How many letters must be put in, left out, replaced or swapped with the next to make one word of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.prefix(64)), Array(right))
        var before: [Int] = []
        var last = Array(0...right.count)
        for line in left.indices {
            var row = [line + 1]
            for column in right.indices {
                let replaced = last[column] + (left[line] == right[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, row[column] + 1)
                if line > 0, column > 0, left[line] == right[column - 1], left[line - 1] == right[column] {
                    least = min(least, before[column - 1] + 1)
                }
                row.append(least)
            }
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}
