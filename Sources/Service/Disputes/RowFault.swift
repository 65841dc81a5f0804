/// What is wrong with a row of a file of disputes.
struct RowFault {
    let line: Int
    let place: String
    let problem: String

    /// The first of what is wrong with its place, the others below it. `done` is what did not happen.
    static func failure(_ unordered: [RowFault], nothing done: String) -> Failure {
        let faults = unordered.sorted { $0.line < $1.line }
        return .refused(
            faults[0].place,
            faults[0].problem + faults.dropFirst().map { "\n\($0.place): \($0.problem)" }.joined(),
            hint: "nothing was \(done); correct the file, and try it with --dry-run first")
    }
}
