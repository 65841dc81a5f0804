/// What the clients send, as bytes.
enum Requests {
    /// The upload of a batch, head and body.
    static func upload(_ batch: SignedBatch) -> [UInt8] {
        let head = """
            POST /v1/batches HTTP/1.1\r
            Host: 127.0.0.1\r
            Content-Type: application/x-ndjson\r
            Content-Length: \(batch.bytes.count)\r
            Settled-Signature: \(batch.signature)\r
            \r

            """
        return Array(head.utf8) + batch.bytes
    }

    /// What is read while others upload. There is no route to a receipt yet: it is what the daemon answers.
    static func readPath(_ batch: SignedBatch) -> String { "/healthz" }

    /// The reading of a batch's receipt.
    static func read(_ batch: SignedBatch) throws -> [UInt8] {
        let head = """
            GET \(readPath(batch)) HTTP/1.1\r
            Host: 127.0.0.1\r
            \r

            """
        return Array(head.utf8)
    }
}
