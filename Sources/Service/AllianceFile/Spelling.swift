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

    /// How many letters must be put in, left out or replaced to make one word of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (lineNumber, letter) in left.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = lineNumber + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
