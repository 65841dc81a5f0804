import Hummingbird
import Logging
import Settlement
import Signing
import Store

/// What a batch is answered with, made on the thread where it was checked.
extension BatchRoutes {
    struct Verdict: Sendable {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let bytes: AnswerBytes
        /// For the log; nil: nothing.
        let said: (message: Logger.Message, figures: Logger.Metadata)?
    }

    /// From more refused records on the page that lists them is made where the batch was checked.
    static let manyRecords = 100

    func take(
        _ bytes: consuming [UInt8], form: BatchForm, signature: String?, received: Instant
    ) throws -> Verdict {
        switch try intake.take(bytes, form: form, signature: signature, received: received) {
        case .stored(let document, let receipt):
            health.succeed()
            return verdict(.created, document, said: ("batch stored", Self.figures(receipt)))
        case .copy(let document):
            let figures = Receipt(figuresOf: document.bytes).map(Self.figures)
            return verdict(.ok, document, said: figures.map { ("batch came again", $0) })
        }
    }

    /// Of a batch that would be new, the receipt without signature and seal: nobody can take it for one.
    func rehearse(
        _ bytes: consuming [UInt8], form: BatchForm, signature: String?, received: Instant
    ) throws -> Verdict {
        switch try intake.rehearse(bytes, form: form, signature: signature, received: received) {
        case .new(let receipt):
            return Verdict(
                status: .ok, headers: [.contentType: "application/json", .settledDryRun: "true"],
                bytes: AnswerBytes(ofBatch: receipt.bytes, in: answers), said: nil)
        case .copy(let document):
            return verdict(.ok, document, headers: [.settledDryRun: "true"], said: nil)
        }
    }

    func verdict(of refusal: BatchRefusal) -> Verdict {
        Verdict(
            status: refusal.code.status, headers: [.contentType: Problem.mediaType],
            bytes: AnswerBytes(ofBatch: Problem(refusal).bytes, in: answers),
            said: ("batch refused", ["code": "\(refusal.code.rawValue)"]))
    }

    private func verdict(
        _ status: HTTPResponse.Status, _ document: SealedDocument, headers: HTTPFields = [:],
        said: (message: Logger.Message, figures: Logger.Metadata)?
    ) -> Verdict {
        var all: HTTPFields = [
            .contentType: "application/json",
            .settledSignature: document.signature,
            .settledSeal: document.seal,
        ]
        all.append(contentsOf: headers)
        return Verdict(
            status: status, headers: all,
            bytes: AnswerBytes(ofBatch: document.bytes, in: answers), said: said)
    }

    private static func figures(_ receipt: Receipt) -> Logger.Metadata {
        [
            "merchant": "\(receipt.merchant)", "batch": "\(receipt.batch)",
            "records": "\(receipt.counts.records)", "accepted": "\(receipt.counts.accepted)",
            "refused": "\(receipt.counts.refused)",
        ]
    }
}
