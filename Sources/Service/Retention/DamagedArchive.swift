import Settlement
import Signing
public import Store

/// An archive of which only files are at hand that are not as it was written, and what of it those have.
public struct DamagedArchive: Sendable {
    public let archive: StoredArchive
    /// The files that bear its name, or have batches of it.
    public let copies: [String]
    /// How many of its batches they have, each as the database knows it.
    public let read: Int
    /// Those that none of them has.
    public let lost: [HeldBatch]
    /// Where any are lost: the files that may have them, and were not looked through to their ends.
    public let givenUp: [String]

    /// The most lost batches that a sentence names.
    static let mostNamed = 20

    /// What is wrong, how much of it was read, what is lost, and what to do.
    var inWords: String {
        let files = copies.map { PlainText.of($0) }.joined(separator: " and ")
        let named = lost.prefix(Self.mostNamed).map(\.inWords).joined(separator: ", ")
        let more = lost.count > Self.mostNamed ? ", and \(lost.count - Self.mostNamed) more" : ""
        return "\(archive.inWords), is not as it was written in \(files): "
            + (lost.isEmpty
                ? "all of its \(Figures.count(Int64(read))) batches were read from there, each by its own digest;"
                    + " keep that, and put another copy of it in its place"
                : "\(Figures.count(Int64(read))) of its batches were read from there,"
                    + " \(Figures.count(Int64(lost.count))) are lost: \(named)\(more); name another copy of it")
            + givenUp.map { "; " + Self.inWords(givenUp: $0) }.joined()
    }

    static func inWords(givenUp path: String) -> String {
        "\(PlainText.of(path)) was not looked through to its end, as it asks for more work than any archive does"
    }
}

extension HeldBatch {
    /// `batch B-1 of M (number 3)`
    var inWords: String { "batch \(PlainText.of(batch)) of \(PlainText.of(merchant)) (number \(number))" }
}

extension [DamagedArchive] {
    /// For a script; nothing where none is damaged.
    func write(to json: inout CanonicalJSON) {
        guard !isEmpty else { return }
        json.member("damaged_archives", array: self) { json, damaged in
            json.object { json in
                json.member("name", damaged.archive.name)
                json.member("digest", damaged.archive.digest.text)
                json.member("copies", array: damaged.copies) { $0.string($1) }
                json.member("read", Int64(damaged.read))
                json.member("given_up", array: damaged.givenUp) { $0.string($1) }
                json.member("lost", array: damaged.lost) { json, batch in
                    json.object { json in
                        json.member("number", batch.number)
                        json.member("merchant", batch.merchant)
                        json.member("batch", batch.batch)
                    }
                }
            }
        }
    }
}
