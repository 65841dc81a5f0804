/// A batch in the other form: the same header and the same records, in the same order. Rulebook §3.
///
/// The bytes differ, so the other form is another batch to the daemon once one of both is stored: convert before
/// signing.
public struct BatchConversion: Sendable {
    public let from: BatchForm
    public let to: BatchForm

    public init(from: BatchForm, to: BatchForm) {
        self.from = from
        self.to = to
    }

    /// The first reading, in which everything is found to be well formed, and which columns are filled.
    public struct Survey {
        fileprivate var stream: BatchStream
        fileprivate var fields = RecordFields.always

        /// Takes the next bytes, cut anywhere, the last ones with `isLast`. Throws `malformed`, and `too_large` for a
        /// row of more than 16 MiB.
        public mutating func take(_ bytes: [UInt8], isLast: Bool) throws(BatchRefusal) {
            var fields = fields
            try stream.take(bytes, isLast: isLast) { scanned, text in
                fields.formUnion(scanned.record(in: text).givenFields)
            }
            self.fields = fields
        }
    }

    /// The second reading, of the very same bytes, which hands out the other form.
    public struct Rewriting {
        fileprivate var stream: BatchStream
        fileprivate var writer: BatchWriter

        /// Takes the next bytes, and hands what they become to `emit`, piece by piece.
        public mutating func take(
            _ bytes: [UInt8], isLast: Bool, emit: ([UInt8]) -> Void
        ) throws(BatchRefusal) {
            var writer = writer
            try stream.take(bytes, isLast: isLast) { scanned, text in
                writer.write(scanned.record(in: text))
                writer.flush(atLeast: 1 << 16, emit)
            }
            writer.flush(atLeast: isLast ? 1 : 1 << 16, emit)
            self.writer = writer
        }
    }

    public func survey() -> Survey { Survey(stream: BatchStream(from)) }

    /// Begins the second reading, after the last bytes of the first.
    public func rewriting(_ survey: Survey) -> Rewriting {
        guard let header = survey.stream.header else {
            preconditionFailure("a batch read whole has a header")
        }
        var writer = BatchWriter(to, fields: survey.fields)
        writer.write(header)
        return Rewriting(stream: BatchStream(from), writer: writer)
    }

    /// Both readings of bytes that are all at hand.
    ///
    /// Instants are written in UTC. Neither the count nor the totals are looked at: they stay as they are. Throws
    /// before anything is handed out.
    public func run(_ bytes: [UInt8], emit: ([UInt8]) -> Void) throws(BatchRefusal) {
        var survey = survey()
        try survey.take(bytes, isLast: true)
        var rewriting = rewriting(survey)
        try rewriting.take(bytes, isLast: true, emit: emit)
    }
}
