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

    /// Reads `bytes` twice, once to see that all of it is well formed and which columns it fills, once to hand
    /// the other form to `emit`, piece by piece: what is written takes no memory, however much it is.
    ///
    /// Instants are written in UTC. Neither the count nor the totals are looked at: they stay as they are. Throws
    /// `malformed` before anything is handed out.
    public func run(_ bytes: [UInt8], emit: ([UInt8]) -> Void) throws(BatchRefusal) {
        var fields = RecordFields.always
        let header = try BatchContent.scan(bytes, form: from, header: { _ in }) { scanned, text in
            fields.formUnion(scanned.record(in: text).givenFields)
        }
        var writer = BatchWriter(to, fields: fields)
        writer.write(header)
        _ = try BatchContent.scan(bytes, form: from, header: { _ in }) { scanned, text in
            writer.write(scanned.record(in: text))
            writer.flush(atLeast: 1 << 16, emit)
        }
        writer.flush(atLeast: 1, emit)
    }
}
