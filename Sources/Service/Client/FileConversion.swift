import Foundation
public import Settlement
import Signing

/// What `settled convert` does: a batch's file in the other form. Read twice, piece by piece, so that it may be
/// larger than the memory.
public struct FileConversion: Sendable {
    private let path: String
    /// All of what can be read only once, a pipe; nil: a file.
    private let piped: [UInt8]?
    public let conversion: BatchConversion

    /// Opens the file; `form` is what it becomes, the other one if nothing is said.
    public init(_ path: String, to form: BatchForm? = nil) throws(Failure) {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let status = try file.status()
        let beginning: [UInt8]
        if status.st_mode & S_IFMT == S_IFREG {
            beginning = try file.readPiece(Self.pieceBytes) ?? []
            piped = nil
        } else {
            beginning = try WholeFile.read(path)
            piped = beginning
        }
        self.path = path
        let from = Submission.form(of: path, beginning)
        conversion = BatchConversion(from: from, to: form ?? (from == .csv ? .ndjson : .csv))
    }

    private static let pieceBytes = 1 << 20

    /// Writes it to standard output, or to a file that appears whole or not at all and takes no other's place.
    public func write(to output: String?) throws(Failure) {
        guard let output else {
            return try run { bytes throws(Failure) in
                try Descriptor.standardOutput { out throws(Failure) in try out.writeAll(bytes) }
            }
        }
        let draft = output + ".settled-" + SecureRandom.hexDigits(8) + ".tmp"
        do throws(Failure) {
            let file = try Descriptor(
                opening: draft, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644,
                attempt: "create a file beside \(output)")
            try run { bytes throws(Failure) in try file.writeAll(bytes) }
            try file.synchronize()
            try NewName.give(output, to: draft)
        } catch {
            unlink(draft)
            throw error
        }
    }

    private func run(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var survey = conversion.survey()
        let first = try forEachPiece { piece, isLast throws(BatchRefusal) in
            try survey.take(piece, isLast: isLast)
        }
        var rewriting = conversion.rewriting(survey)
        var trouble: Failure?
        let second = try forEachPiece { piece, isLast throws(BatchRefusal) in
            try rewriting.take(piece, isLast: isLast) { bytes in
                guard trouble == nil else { return }
                do throws(Failure) { try write(bytes) } catch { trouble = error }
            }
        }
        if let trouble { throw trouble }
        guard first == second else {
            throw .trouble(path, "changed while it was read", hint: "convert it when it is whole")
        }
    }

    /// Hands over all of the file, and gives its digest.
    private func forEachPiece(
        _ body: (_ piece: [UInt8], _ isLast: Bool) throws(BatchRefusal) -> Void
    ) throws(Failure) -> SHA256Digest {
        do throws(BatchRefusal) {
            if let piped {
                try body(piped, true)
                return SHA256Digest(of: piped)
            }
        } catch {
            throw .refused(error, place: path)
        }
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let digest = SHA256Stream()
        var isLast = false
        while !isLast {
            let piece = try file.readPiece(Self.pieceBytes)
            isLast = piece == nil
            digest.update(piece ?? [])
            do throws(BatchRefusal) { try body(piece ?? [], isLast) } catch {
                throw .refused(error, place: path)
            }
        }
        return digest.finish()
    }
}

extension Descriptor {
    /// Standard output, as a descriptor of its own.
    fileprivate static func standardOutput(
        _ body: (borrowing Descriptor) throws(Failure) -> Void
    ) throws(Failure) {
        let number = dup(1)
        guard number >= 0 else { throw .fromSystem("standard output", "write it") }
        try body(Descriptor(number, path: "standard output"))
    }
}
