import Settlement

extension Seeds {
    /// Requests in the form of `FuzzedRequest`.
    static func requests() throws -> [[UInt8]] {
        let batches = try ndjson().prefix(60).filter { $0.count < 2000 }
        let bodies = Dictionary(grouping: batches) { $0 }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let type = "Content-Type: application/x-ndjson"
        var requests: [[UInt8]] = []
        for (number, body) in bodies.enumerated() {
            let query = ["?dry_run=true", "?dry_run=true", "?dry_run=false", ""][number % 4]
            let ways = [[], [":pack"], [":length"], ["Transfer-Encoding: chunked"]]
            let key = [":sign batch/M/1", ":sign operator/1", ":sign batch/M/1", ":sign batch/N/1"]
            requests.append(
                request("POST /v1/batches\(query)", [type, key[number / 2 % 4]] + ways[number % 4], body))
        }
        let batch = Array(Sample.batch.utf8)
        let csv = try Seeds.csv()[0]
        let signed = ":sign batch/M/1"
        return requests + [
            request("POST /v1/batches?dry_run=true", ["Content-Type: text/csv; charset=utf-8", signed], csv),
            request("POST /v1/batches", ["Content-Type: text/csv", signed, ":pack", ":length"], csv),
            request("POST /v1/batches", [type, "Content-Encoding: gzip", signed], batch),
            request("POST /v1/batches", [type, "Content-Encoding: gzip", signed], Gzip.pack(batch)),
            request(
                "POST /v1/batches", [type, "Content-Encoding: gzip"], Gzip.pack(batch) + Gzip.pack(batch)),
            request("POST /v1/batches", [type, ":pack", signed], [UInt8](repeating: 0x20, count: 100_000)),
            request("POST /v1/batches", [type, "Content-Encoding: br", signed], batch),
            request("POST /v1/batches", [type, "Content-Length: 12", signed], batch),
            request("POST /v1/batches", [type, "Settled-Signature: a..b"], batch),
            request("POST /v1/batches?dry_run=maybe", [signed], batch),
            request("POST /v1/disputes", ["Content-Type: application/json", signed], contest),
            request("POST /v1/disputes", ["Content-Type: application/json", ":sign operator/1"], contest),
            request("POST /v1/disputes", ["Content-Type: application/json", signed, ":length"], batch),
        ] + paths.map { request($0, reading, []) }
    }

    private static let contest = Array(
        (#"{"alliance":"test","at":"\#(Sample.received)","reference":"C-1","period":"2026-01","line":1,"#
            + #""reason":"counted twice"}"#).utf8)

    private static func request(_ line: String, _ fields: [String], _ body: [UInt8]) -> [UInt8] {
        Array(([line] + fields).map { $0 + "\n" }.joined().utf8) + [0x0A] + body
    }

    private static let reading = [
        "Authorization: Bearer a.b.c", "If-None-Match: \"a\"", "Range: bytes=0-9",
    ]
    private static let paths = [
        "GET /v1/batches?limit=10&before=a", "GET /v1/batches/a%2Fb", "HEAD /v1/batches",
        "GET /v1/batches/missing", "GET /v1/disputes?limit=10&before=2", "GET /v1/disputes/1",
        "GET /v1/statements/2026-01/DETAILS.csv", "GET /openapi.yaml", "GET /README.md", "GET /healthz",
        "HEAD /readyz", "GET /.well-known/jwks.json", "DELETE /v1/terms", "GET /nowhere", "OPTIONS *",
    ]
}
