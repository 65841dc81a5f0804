import Foundation

/// What the looks at one owner's folder remember of each other.
struct SpoolMemory {
    /// Changes when either file does.
    struct Fingerprint: Hashable {
        private let facts: [Int64]

        init(_ batch: stat, _ signature: stat?) {
            facts = Self.facts(batch) + (signature.map(Self.facts) ?? [])
        }

        private static func facts(_ status: stat) -> [Int64] {
            let (written, changed) = (status.st_mtim, status.st_ctim)
            var facts = [Int64(status.st_ino), Int64(status.st_size)]
            facts += [Int64(written.tv_sec), Int64(written.tv_nsec)]
            facts += [Int64(changed.tv_sec), Int64(changed.tv_nsec)]
            return facts
        }
    }

    struct Sighting {
        var fingerprint: Fingerprint?
        var since = ContinuousClock.now
        /// Whether the bytes were held against the signature and did not fit, or there is none.
        var wasTried = false
        /// Noted in the audit already, and not yet written where the merchant sees it.
        var refusal: SpoolFolder.Result?
        /// Said once, not at every look.
        var complaint: String?
    }

    /// The name that the next look begins behind; nil: it begins with the first.
    var last: SpoolName?
    private var seen: [SpoolName: Sighting] = [:]
    private var hasBegun = false

    /// Names that are remembered beside those of one look. Of more, those have to be quiet anew.
    private static let mostRemembered = 50_000

    /// Whether nobody has looked before.
    mutating func begin() -> Bool {
        defer { hasBegun = true }
        return !hasBegun
    }

    /// Forgets what was seen under names that are not there any more. Of those behind `last`, up to the last of
    /// `names` or all, these are there; nothing is known of the others.
    mutating func forget(allBut names: [SpoolName], after last: SpoolName?, isAll: Bool) {
        let present = Set(names)
        let isCrowded = seen.count > Self.mostRemembered
        seen = seen.filter { name, _ in
            if present.contains(name) { return true }
            let isBefore = last.map { name <= $0 } ?? false
            let isBehind = !isAll && names.last.map { name > $0 } ?? true
            return (isBefore || isBehind) && !isCrowded
        }
    }

    /// Since when the pair stands as it does, and whether it was tried then.
    mutating func sight(_ name: SpoolName, _ fingerprint: Fingerprint) -> Sighting {
        var sighting = seen[name] ?? Sighting()
        if sighting.fingerprint != fingerprint { sighting = Sighting(fingerprint: fingerprint) }
        seen[name] = sighting
        return sighting
    }

    mutating func tried(_ name: SpoolName) { seen[name]?.wasTried = true }

    mutating func refused(_ name: SpoolName, _ result: SpoolFolder.Result) { seen[name]?.refusal = result }

    /// Whether this was not said of the name last.
    mutating func complain(_ name: SpoolName, _ text: String) -> Bool {
        defer { seen[name, default: Sighting()].complaint = text }
        return seen[name]?.complaint != text
    }
}
