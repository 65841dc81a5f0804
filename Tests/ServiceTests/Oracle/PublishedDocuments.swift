import Foundation

/// The members of a STATEMENT.json that tests look at. Rulebook §7.
struct PublishedStatement: Decodable {
    struct Balance: Decodable {
        let opening, activity, payments, closing: Int64
    }
    struct Line: Decodable {
        let kind: String
        let counterparty, price, rate, reference: String?
        let points: Int64?
        let amount: Int64
    }
    struct Flow: Decodable {
        let issuer, redeemer: String
        let points: Int64
    }
    struct Counts: Decodable {
        let settled, pending, refused, late: Int64
    }
    struct Exception: Decodable {
        let id, type, state, code: String
        let points: Int64?
    }
    struct Details: Decodable {
        let digest: String
        let rows: Int
    }

    let merchant: String
    let number: Int64
    let previous: String?
    let balance: Balance
    let lines: [Line]
    let points: PublishedPoints
    let flows: [Flow]
    let records: Counts
    let exceptions: [Exception]
    let details: Details
}

/// The point figures of a statement or a closing.
struct PublishedPoints: Decodable {
    let opening, issued, reversed, redeemed, restored, expired, closing: Int64
}

/// The members of a CLOSING.json that tests look at.
struct PublishedClosing: Decodable {
    struct Period: Decodable {
        let id, start, end: String
    }
    struct Currency: Decodable {
        let code: String
        let exponent: Int
    }
    struct Counts: Decodable {
        let settled, pending, refused: Int64
    }
    struct Intake: Decodable {
        let batches, duplicates, refused: Int64
    }
    struct Position: Decodable {
        let merchant: String
        let activity, closing: Int64
    }
    struct Operator: Decodable {
        let activity, closing: Int64
    }
    struct Pair: Decodable {
        let issuer, redeemer: String
        let points, charged, paid: Int64
    }
    struct Account: Decodable {
        let account: String
        let opening, debit, credit, closing: Int64
    }
    struct Liability: Decodable {
        let issuer, funding, price: String
        let expires: String?
        let points, value: Int64
    }
    struct Source: Decodable {
        let digest: String
    }
    struct Numbered: Decodable {
        let merchant: String
        let number: Int64
        let digest: String
    }

    let number: Int64
    let previous: String?
    let period: Period
    let currency: Currency
    let records: Counts
    let intake: Intake
    let points: PublishedPoints
    let positions: [Position]
    let `operator`: Operator
    let matrix: [Pair]
    let journal: [Account]
    let liability: [Liability]
    let batches: [Source]
    let statements: [Numbered]
}

/// A row of DETAILS.csv by its columns' names.
struct DetailsRow {
    static let header =
        "row,merchant,id,type,member,at,effective,state,code,ref,issuer,redeemer,lot,line,counterparty,price,"
        + "rate,reference,terms,points,exact"
    private static let columns = Dictionary(
        uniqueKeysWithValues: header.split(separator: ",").enumerated().map { (String($1), $0) })

    let text: String
    private let cells: [Substring]

    init(_ text: Substring) {
        self.text = String(text)
        cells = text.split(separator: ",", omittingEmptySubsequences: false)
        precondition(cells.count == Self.columns.count, "a row has \(Self.columns.count) cells: \(text)")
    }

    subscript(column: String) -> String {
        guard let place = Self.columns[column] else { preconditionFailure("details have no \(column)") }
        return String(cells[place])
    }

    var isRecord: Bool { self["row"] == "record" }
    var points: Int64 { Int64(self["points"]) ?? -1 }
}
