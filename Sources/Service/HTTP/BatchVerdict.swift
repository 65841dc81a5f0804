import Hummingbird
import Settlement
import Signing
import Store
import Synchronization

/// What a batch is answered with, made on the thread where it was checked.
extension BatchRoutes {
    struct Verdict: Sendable {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let bytes: AnswerBytes
        /// For the log; nil: nothing.
        let said: BatchLine?
    }

    /// With more refused records the page that lists them takes room for long answers, and is made where the batch was
    /// checked.
    static let manyRecords = 40

    /// Throws `busy` where there is no room for the receipt, beside what the intake throws: then nothing was stored.
    func take(
        _ bytes: consuming [UInt8], form: BatchForm, signature: String?, received: Instant, from peer: Peer
    ) throws -> Verdict {
        let (begun, count) = (ContinuousClock.now, bytes.count)
        let place = Mutex<AnswerPlace?>(nil)
        let answer = try intake.take(
            bytes, form: form, signature: signature, received: received,
            admit: { [answers] receipt in
                // Its bytes on the disk, too (posix_fallocate): once the batch is stored, a disk that is full by
                // then may no longer keep its sender from the receipt.
                let taken = try AnswerPlace(ofReceipt: receipt.mostBytes, to: peer, in: answers)
                place.withLock { $0 = taken }
            })
        switch answer {
        case .stored(let document, let receipt):
            health.succeed()
            guard let place = place.withLock(\.self) else {
                preconditionFailure("it was admitted, then stored")
            }
            return verdict(
                .created, document, AnswerBytes(ofStored: document.bytes, in: place),
                said: .stored(receipt, bytes: count, took: .now - begun))
        case .copy(let document):
            let first = Receipt(figuresOf: document.bytes)
            return verdict(
                .ok, document, try self.bytes(document.bytes, to: peer),
                said: .again(first, bytes: count, took: .now - begun))
        }
    }

    /// Of a batch that would be new, the receipt without signature and seal: nobody can take it for one. Throws `busy`
    /// where there is no room for it, beside what the intake throws.
    func rehearse(
        _ bytes: consuming [UInt8], form: BatchForm, signature: String?, received: Instant, from peer: Peer
    ) throws -> Verdict {
        switch try intake.rehearse(bytes, form: form, signature: signature, received: received) {
        case .new(let receipt):
            return Verdict(
                status: .ok, headers: [.contentType: "application/json", .settledDryRun: "true"],
                bytes: try self.bytes(receipt.bytes, to: peer), said: nil)
        case .copy(let document):
            return verdict(
                .ok, document, try self.bytes(document.bytes, to: peer), headers: [.settledDryRun: "true"],
                said: nil)
        }
    }

    /// Throws `busy` where there is no room for the page.
    func verdict(of refusal: BatchRefusal, from peer: Peer, said: BatchLine) throws -> Verdict {
        Verdict(
            status: refusal.code.status, headers: [.contentType: Problem.mediaType],
            bytes: try bytes(Problem(refusal).bytes, to: peer), said: said)
    }

    private func bytes(_ bytes: [UInt8], to peer: Peer) throws -> AnswerBytes {
        try AnswerBytes(bytes, to: .sender(peer), in: answers)
    }

    private func verdict(
        _ status: HTTPResponse.Status, _ document: SealedDocument, _ bytes: AnswerBytes,
        headers: HTTPFields = [:], said: BatchLine?
    ) -> Verdict {
        var all: HTTPFields = [
            .contentType: "application/json",
            .settledSignature: document.signature,
            .settledSeal: document.seal,
        ]
        all.append(contentsOf: headers)
        return Verdict(status: status, headers: all, bytes: bytes, said: said)
    }
}
