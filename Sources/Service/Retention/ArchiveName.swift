import Foundation
import Signing

/// The name of an archive that takes another's place: `2026.settled.zst`, then `2026.settled.2.zst`,
/// `2026.settled.3.zst` and so on.
enum ArchiveName {
    private static let ending = ".zst"

    /// The first name after `name` that nothing in the folder has, and none of `taken`.
    static func next(after name: String, in folder: String, taken: Set<String>) -> String {
        let (stem, number, ending) = parts(of: name)
        var next = number + 1
        while true {
            let candidate = "\(stem).\(next)\(ending)"
            if !taken.contains(candidate), !WholeFile.exists(folder + "/" + candidate) { return candidate }
            next += 1
        }
    }

    /// Whether a name is none of `names`, and one of them is what it became as it was written anew, once or more often.
    static func isFormer(_ name: String, of names: [String]) -> Bool {
        let own = parts(of: name)
        return !names.contains(name)
            && names.map(parts).contains {
                $0.stem == own.stem && $0.ending == own.ending && $0.number > own.number
            }
    }

    /// What a name begins with, the how manieth it is, and how it ends.
    private static func parts(of name: String) -> (stem: String, number: Int, ending: String) {
        let ending = name.hasSuffix(Self.ending) && name != Self.ending ? Self.ending : ""
        let stem = String(name.dropLast(ending.count))
        guard let dot = stem.lastIndex(of: "."), dot > stem.startIndex,
            let number = Int(stem[stem.index(after: dot)...]), (2..<1_000).contains(number)
        else { return (stem, 1, ending) }
        return (String(stem[..<dot]), number, ending)
    }
}
