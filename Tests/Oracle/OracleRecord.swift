/// One record of rulebook §3 as a row of the acceptance `records.csv` says it.
///
/// Two are equal when every field is: "instants after truncation, as UTC; an absent `amount` is not 0".
public struct OracleRecord: Hashable, Sendable {
    public let merchant: String
    public let id: String
    public let type: String
    public let member: String
    public let points: Int64
    public let amount: Int64?
    /// Milliseconds since 1970.
    public let at: Int64
    public let ref: String?
    public let store: String?
    public let expires: OracleDate?
    public let campaign: String?
    public let item: String?
}

/// A record and the instant at which its batch arrives; nil is ahead of all that have one.
public struct OracleArrival: Sendable {
    public let record: OracleRecord
    public let received: Int64?

    /// Reads `merchant,id,type,member,points,amount,at,ref,store,expires,campaign,item,received`; "an empty
    /// cell or a missing column is absence".
    public static func read(csv: String) throws -> [OracleArrival] {
        try oracleRows(csv).map { row in
            let record = OracleRecord(
                merchant: try row.needed("merchant"), id: try row.needed("id"), type: try row.needed("type"),
                member: try row.needed("member"), points: try row.integer("points"),
                amount: row["amount"] == nil ? nil : try row.integer("amount"),
                at: try instant(row.needed("at")), ref: row["ref"], store: row["store"],
                expires: try row["expires"].map { try OracleDate($0) },
                campaign: row["campaign"], item: row["item"])
            return OracleArrival(record: record, received: try row["received"].map { try instant($0) })
        }
    }
}

/// A payment or an adjustment that the operator books for a merchant (rulebook §6).
public struct OracleBooking: Hashable, Sendable {
    public let merchant: String
    /// `payment` or `adjustment`.
    public let kind: String
    public let reference: String
    public let amount: Int64
    public let date: OracleDate

    /// Reads `merchant,kind,reference,amount,date,reason`.
    public static func read(csv: String) throws -> [OracleBooking] {
        try oracleRows(csv).map { row in
            OracleBooking(
                merchant: try row.needed("merchant"), kind: try row.needed("kind"),
                reference: try row.needed("reference"), amount: try row.integer("amount"),
                date: try OracleDate(row.needed("date")))
        }
    }
}

/// The rows of a simple CSV by column: no quotes, for no cell of these files needs any.
private func oracleRows(_ csv: String) throws -> [[String: String]] {
    let lines = csv.split(whereSeparator: \.isNewline).map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let columns = lines.first else { throw OracleTrouble("a CSV without a row of columns") }
    return try lines.dropFirst().map { cells in
        guard cells.count == columns.count else { throw OracleTrouble("\(cells): wrong number of cells") }
        return Dictionary(uniqueKeysWithValues: zip(columns, cells).filter { !$0.1.isEmpty })
    }
}

extension [String: String] {
    fileprivate func needed(_ column: String) throws -> String {
        guard let cell = self[column] else { throw OracleTrouble("\(column) is missing in \(self)") }
        return cell
    }

    fileprivate func integer(_ column: String) throws -> Int64 {
        guard let value = Int64(try needed(column)) else { throw OracleTrouble("\(column) is no integer") }
        return value
    }
}
