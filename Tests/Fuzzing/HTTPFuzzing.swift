import HTTPTypes
import Service
import Settlement
import Signing

extension FuzzTarget {
    public static let http = FuzzTarget(
        name: "http", subject: "uploads and other requests, from head and body to the answer",
        longestBytes: 4096, seeds: Seeds.requests,
        check: .waiting { (input) async throws(BrokenPromise) in
            try await HTTPFuzzing.check(input)
        })
}

/// Every request is answered, by success or by problem details, and never by the daemon's own fault; and the answer
/// hangs on what was sent, not on the pieces in which it came or whether it was packed.
enum HTTPFuzzing {
    static func check(_ input: [UInt8]) async throws(BrokenPromise) -> FuzzTarget.Verdict {
        let house = try await FuzzedHouse.shared.current()
        guard let request = FuzzedRequest(input, sign: house.sign) else { return .refused("no_request") }
        let whole = try await house.answer(request, pieceBytes: .max)
        try check(whole, to: request)
        // Of a body that nobody looked at, its pieces are not known either.
        if whole.hangsOnBody {
            let pieces = try await house.answer(request, pieceBytes: 1 + input.count % 61)
            try promise(agree(whole, pieces), "pieces change nothing: \(whole) and then \(pieces)")
        }
        if let packed = request.packed {
            let unpacked = try await house.answer(packed, pieceBytes: .max)
            // Only batches may come packed.
            let isUnwanted =
                unpacked.code == "unsupported_encoding" && request.head.path?.hasPrefix("/v1/batches") != true
            try promise(
                agree(whole, unpacked) || isUnwanted,
                "packing changes nothing: \(whole) and then \(unpacked)")
        }
        return whole.status < 300 ? .taken : .refused(whole.code ?? "\(whole.status)")
    }

    /// The same, or a copy of what was new the first time.
    private static func agree(_ first: FuzzedAnswer, _ second: FuzzedAnswer) -> Bool {
        let isCopy = first.status == 201 && second.status == 200
        return (first.status == second.status || isCopy) && first.body == second.body
    }

    private static func check(_ answer: FuzzedAnswer, to request: FuzzedRequest) throws(BrokenPromise) {
        try promise(
            statuses.contains(answer.status),
            "\(answer.status) is no answer of a daemon that is well: \(answer)")
        if request.head.method == .head {
            return try promise(answer.body.isEmpty, "HEAD is answered without a body")
        }
        guard answer.status < 300 else { return try checkProblem(answer) }
        guard request.head.method == .post else { return }
        guard let receipt = try? Receipt(parsing: answer.body) else {
            throw BrokenPromise("an upload is answered with a receipt")
        }
        let counts = receipt.counts
        try promise(
            counts.records == counts.accepted + counts.duplicates + counts.refused,
            "the counts of a receipt add up")
        let isPacked = request.head.headerFields[.contentEncoding]?.lowercased().hasSuffix("gzip") == true
        if !isPacked || request.body != request.plainBody {
            try promise(
                receipt.digest == SHA256Digest(of: request.plainBody), "a receipt is of the bytes that came")
        }
    }

    private static func checkProblem(_ answer: FuzzedAnswer) throws(BrokenPromise) {
        guard answer.status >= 400 else { return }
        try promise(answer.type == "application/problem+json", "a refusal is problem details: \(answer)")
        guard let json = try? JSONValue(parsing: answer.body) else {
            throw BrokenPromise("problem details are JSON: \(answer)")
        }
        try promise(json["status"]?.integer == Int64(answer.status), "problem details say their status")
        for name in ["type", "title", "detail", "code"] {
            try promise(json[name]?.string?.isEmpty == false, "problem details have a \(name): \(answer)")
        }
        try promise((json["line"]?.integer ?? 1) >= 1, "lines are counted from 1")
    }

    /// No 408, 429 or 5xx: nobody is slow here, there is room, and the store is well.
    private static let statuses: Set<Int> = [
        200, 201, 206, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 416, 422,
    ]
}
