import HTTPTypes
import NIOCore
import Settlement
import Signing
import Store

/// What there is to read, as the routes show it. It blocks, and throws `Problem` for what is not there and what
/// the store throws.
struct ReadingShelf: Sendable {
    let store: Store
    let details = DetailsPlaces()
    let explanations = ExplanationLanes()
    let signer: DocumentSigner
    let answers: AnswerRoom
    /// The public keys of the seal, retired ones too, as a JWK set.
    let sealKeys: Representation

    init(store: Store, signer: DocumentSigner, answers: AnswerRoom) {
        self.store = store
        self.signer = signer
        self.answers = answers
        sealKeys = .published(
            ByteBuffer(string: JWKSet.text(signer.sealKeys)), type: "application/jwk-set+json")
    }

    private static let mostOnPage = 1_000

    func batches(_ request: ReadingRequest) throws -> Representation {
        let before = try request.batch("before")
        let limit = try request.integer("limit", within: 1...Self.mostOnPage, otherwise: 100)
        // One more than asked for tells whether there is another page.
        let found = try store.batchPage(of: request.merchant, before: before, limit: limit + 1)
        guard let found else {
            throw Problem.parameterMalformed(
                "before", expected: "the id of one of your batches", found: before?.text ?? "none")
        }
        var json = CanonicalJSON()
        json.object { json in
            json.member("batches", array: found.prefix(limit)) { $1.write(to: &$0) }
            json.member(
                "next", orNull: found.count > limit ? found[limit - 1].summary.batch.text : nil)
        }
        return .json(json.bytes)
    }

    func missing(_ request: ReadingRequest) throws -> Representation {
        let missing = try store.missingSequences(of: request.merchant)
        var json = CanonicalJSON()
        json.object { json in
            json.member("missing_sequences", array: missing) { json, missing in
                json.object { json in
                    json.member("signer", missing.signer.rawValue)
                    json.member("sequence", missing.sequence)
                }
            }
        }
        return .json(json.bytes)
    }

    /// The receipt as the upload was answered with it.
    func receipt(_ request: ReadingRequest) throws -> Representation {
        guard let id = request.piece("batch").flatMap({ BatchID($0) }),
            let (document, state) = try store.receipt(of: id, request.merchant)
        else { throw Problem.nothing("a batch of yours of this id") }
        return .bytes(
            document.bytes, type: "application/json",
            headers: [
                .settledSignature: document.signature, .settledSeal: document.seal,
                .settledState: state.rawValue,
            ])
    }

    func terms(_ request: ReadingRequest) throws -> Representation {
        guard let bytes = OwnTerms.bytes(of: request.merchant, in: try store.schedule().alliance) else {
            // A merchant may go as long as nothing is stored; its keys stay.
            throw Problem.nothing("a merchant of yours in the alliance")
        }
        return .json(bytes)
    }

    func points(_ request: ReadingRequest) throws -> Representation {
        let closing = try store.lastClosing()
        if let closing {
            try verify(closing.document.bytes, closing.digest, "closings", "period \(closing.period)")
        }
        guard let bytes = OwnPoints.bytes(of: request.merchant, closing: closing?.document.bytes) else {
            throw StoreTrouble(
                "read the last closing", because: "its bytes are not those of a closing",
                hint: "the file was changed behind the program's back: restore a backup of the data folder",
                kind: .damage)
        }
        return .json(bytes)
    }

    /// Throws `StoreTrouble` where a document is not the one that was signed.
    func verify(_ bytes: [UInt8], _ digest: String, _ table: String, _ row: String) throws {
        guard SHA256Digest(of: bytes).text == digest else { throw StoreTrouble.damaged(table, row) }
    }
}

extension ListedBatch {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.object { json in
            json.member("batch", summary.batch.text)
            json.member("signer", summary.signer.rawValue)
            json.member("sequence", summary.sequence)
            json.member("digest", summary.digest)
            json.member("received", received.description)
            json.member("records", summary.records)
            json.member("accepted", summary.accepted)
            json.member("duplicates", summary.duplicates)
            json.member("refused", summary.refused)
            json.member("state", state.rawValue)
        }
    }
}
