import Foundation
public import Settlement

/// What `settled convert` does: a batch's file in the other form.
public struct FileConversion: Sendable {
    private let bytes: [UInt8]
    private let path: String
    public let conversion: BatchConversion

    /// Reads the file; `form` is what it becomes, the other one if nothing is said.
    public init(_ path: String, to form: BatchForm? = nil) throws(Failure) {
        bytes = try WholeFile.read(path)
        self.path = path
        let from = Submission.form(of: path, bytes)
        conversion = BatchConversion(from: from, to: form ?? (from == .csv ? .ndjson : .csv))
    }

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
            guard link(draft, output) == 0 else {
                if errno == EEXIST { throw .refused(output, "is already there and is not overwritten") }
                throw .fromSystem(output, "create it")
            }
            unlink(draft)
        } catch {
            unlink(draft)
            throw error
        }
    }

    private func run(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var trouble: Failure?
        do throws(BatchRefusal) {
            try conversion.run(bytes) { piece in
                guard trouble == nil else { return }
                do throws(Failure) { try write(piece) } catch { trouble = error }
            }
        } catch {
            throw .refused(error, place: path)
        }
        if let trouble { throw trouble }
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
