import Settlement
import Signing
import Store

/// A merchant's statements, and their files.
extension ReadingShelf {
    func statements(_ request: ReadingRequest) throws -> Representation {
        let statements = try store.statementList(of: request.merchant).map { statement in
            (statement, try store.redactions(ofPeriod: statement.period.ordinal)[request.merchant])
        }
        var json = CanonicalJSON()
        json.object { json in
            json.member("statements", array: statements) { json, listed in
                listed.0.write(to: &json, redaction: listed.1)
            }
        }
        return .json(json.bytes)
    }

    /// One of a statement's files, byte for byte.
    func statementFile(_ request: ReadingRequest) throws -> Representation {
        guard let name = request.piece("file"), let file = StatementFile(rawValue: name) else {
            let names = StatementFile.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.nothing("a file of this name; a statement has \(names)")
        }
        let statement = try statement(request)
        switch file {
        case .document, .signature, .seal: return .file(file.bytes(of: statement.document), type: file.type)
        case .details: return try details(of: statement, request)
        case .redaction, .redactionSignature, .redactionSeal:
            guard let notice = try redaction(of: statement)?.notice else {
                throw Problem.nothing("a notice of a redaction; DETAILS.csv is the file that was signed")
            }
            return .file(file.bytes(of: notice), type: file.type)
        }
    }

    private func redaction(of statement: StoredStatement) throws -> Redaction? {
        try store.redactions(ofPeriod: statement.period)[statement.merchant]
    }

    /// The merchant's own, of the period that the path names.
    func statement(_ request: ReadingRequest) throws -> StoredStatement {
        guard let id = request.piece("period"), let period = try store.schedule().calendar.ordinal(id: id),
            let statement = try store.statement(of: request.merchant, period: period)
        else { throw Problem.nothing("a statement of yours for this period") }
        try verify(statement.document.bytes, statement.digest, "statements", Self.row(statement))
        return statement
    }

    private static func row(_ statement: StoredStatement) -> String {
        "number \(statement.number) of \(statement.merchant)"
    }

    private func details(of statement: StoredStatement, _ request: ReadingRequest) throws -> Representation {
        guard let signed = SHA256Digest(text: statement.detailsDigest) else {
            throw StoreTrouble.damaged("statements", Self.row(statement), "it has no digest of its details")
        }
        let digest = try redaction(of: statement)?.redacted ?? signed
        guard !request.isHead, !digest.isNamed(by: request.ifNoneMatch) else {
            return .details(nil, digest: digest)
        }
        let file = try DetailsFile(
            of: statement.merchant, period: statement.period, from: store, places: details, room: answers)
        return .details(file, digest: digest)
    }
}

/// The files of a statement. Rulebook §7.
enum StatementFile: String, CaseIterable {
    case document = "STATEMENT.json"
    case signature = "STATEMENT.json.jws"
    case seal = "STATEMENT.json.seal"
    case details = "DETAILS.csv"
    // Where members were forgotten since it closed.
    case redaction = "REDACTION.json"
    case redactionSignature = "REDACTION.json.jws"
    case redactionSeal = "REDACTION.json.seal"

    fileprivate var type: String {
        switch self {
        case .document, .redaction: "application/json"
        case .signature, .seal, .redactionSignature, .redactionSeal: "application/jose"
        case .details: "text/csv; charset=utf-8"
        }
    }

    /// What it has of a signed document.
    fileprivate func bytes(of document: SealedDocument) -> [UInt8] {
        switch self {
        case .document, .redaction: document.bytes
        case .signature, .redactionSignature: Array(document.signature.utf8)
        case .seal, .redactionSeal: Array(document.seal.utf8)
        case .details: preconditionFailure("DETAILS.csv is rendered")
        }
    }
}

extension Representation {
    fileprivate static func file(_ bytes: [UInt8], type: String) -> Representation {
        .bytes(bytes, type: type, digest: SHA256Digest(of: bytes))
    }
}

extension ListedStatement {
    /// The digest of DETAILS.csv is that of the file which is given; beside it stands the signed one where that is another.
    fileprivate func write(to json: inout CanonicalJSON, redaction: Redaction?) {
        json.object { json in
            json.member("period", period.id)
            json.member("number", number)
            json.member("digest", digest)
            json.member("details") { json in
                json.member("digest", redaction?.redacted.text ?? detailsDigest)
                json.member("rows", detailsRows)
                json.member("signed", ifPresent: redaction?.signed.text)
            }
            json.member("balance", balance.minorUnits)
            json.member("points", points.count)
        }
    }
}
