/// A way in which our reader and others differ, decided once.
struct Decision: Hashable {
    let reader: String
    let peer: String
    /// Why ours refused, or `taken`, where need be with what it is that was taken.
    let ours: String
    /// What the peer said: `taken`, `refused` or `other`.
    let theirs: String
    /// Why it is right so, and where that is ruled.
    let why: String

    init(_ reader: String, _ peer: String, _ ours: String, _ theirs: String = "taken", why: String) {
        (self.reader, self.peer, self.ours, self.theirs, self.why) = (reader, peer, ours, theirs, why)
    }

    func covers(_ disagreement: Disagreement) -> Bool {
        reader == disagreement.reader && peer == disagreement.peer && ours == disagreement.ours
            && theirs == disagreement.theirs
    }
}

/// A way in which they differ, as it was met.
struct Disagreement: Hashable, CustomStringConvertible {
    let reader: String
    let peer: String
    let ours: String
    let theirs: String

    /// Nil where both refuse, or both read the same.
    init?(_ reader: String, peer: String, ours: String, theirs: String) {
        let agrees = theirs == "same" || (theirs == "refused" && !ours.hasPrefix("taken"))
        guard !agrees else { return nil }
        (self.reader, self.peer, self.ours, self.theirs) = (reader, peer, ours, theirs)
    }

    var description: String { "\(reader), \(peer): ours \(ours), theirs \(theirs)" }
}
