/// A way in which our reader and others differ, decided once.
struct Decision: Hashable {
    let reader: String
    let library: String
    /// Why ours refused, or `taken`, where need be with what it is that was taken.
    let ours: String
    /// What the library said: `taken`, `refused` or `other`.
    let theirs: String
    /// Why it is right so, and where that is ruled.
    let why: String

    init(_ reader: String, _ library: String, _ ours: String, _ theirs: String = "taken", why: String) {
        (self.reader, self.library, self.ours, self.theirs, self.why) = (reader, library, ours, theirs, why)
    }

    func covers(_ disagreement: Disagreement) -> Bool {
        reader == disagreement.reader && library == disagreement.library && ours == disagreement.ours
            && theirs == disagreement.theirs
    }
}

/// A way in which they differ, as it was met.
struct Disagreement: Hashable, CustomStringConvertible {
    let reader: String
    let library: String
    let ours: String
    let theirs: String

    /// Nil where both refuse, or both read the same.
    init?(_ reader: String, library: String, ours: String, theirs: String) {
        let agrees = theirs == "same" || (theirs == "refused" && !ours.hasPrefix("taken"))
        guard !agrees else { return nil }
        (self.reader, self.library, self.ours, self.theirs) = (reader, library, ours, theirs)
    }

    var description: String { "\(reader), \(library): ours \(ours), theirs \(theirs)" }
}
