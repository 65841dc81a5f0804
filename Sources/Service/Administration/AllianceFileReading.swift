public import Settlement

extension AllianceFile {
    /// Reads an alliance's file; throws `refused` with everything that is wrong with it, by line.
    public static func read(_ path: String) throws(Failure) -> Alliance {
        let bytes = try WholeFile.read(path, limit: maximumBytes + 1)
        do { return try parse(bytes: bytes, fileName: path) } catch {
            throw Failure(error, place: path)
        }
    }
}

extension Failure {
    /// The first problem's place stands in front, as that of every failure; the others follow, a line each.
    static func refused(_ refusal: AllianceFileRefusal) -> Failure {
        let lines = refusal.problems.map { problem in
            let place = "\(refusal.fileName):\(problem.line):\(problem.column)"
            return (place: place, text: (problem.path.isEmpty ? "" : "\(problem.path): ") + problem.reason)
        }
        let others = lines.dropFirst().map { "\n\($0.place): \($0.text)" }.joined()
        return .refused(lines[0].place, lines[0].text + others)
    }
}
