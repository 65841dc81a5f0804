import Foundation

/// A value of the acceptance files' JSON: what the oracle says and what is expected are compared as these.
public indirect enum OracleFigure: Equatable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case array([OracleFigure])
    case object([String: OracleFigure])

    /// Reads JSON of integers, strings, nulls, arrays and objects; throws at anything else.
    public init(json: [UInt8]) throws {
        self = try Self.figure(JSONSerialization.jsonObject(with: Data(json)))
    }

    private static func figure(_ value: Any) throws -> OracleFigure {
        switch value {
        case is NSNull: return .null
        case let text as String: return .text(text)
        case let elements as [Any]: return .array(try elements.map(figure))
        case let members as [String: Any]: return .object(try members.mapValues(figure))
        case let number as NSNumber where Double(number.int64Value) == number.doubleValue:
            return .integer(number.int64Value)
        default: throw OracleTrouble("\(value) is no figure")
        }
    }

    /// Where two trees of figures differ, each as `path: expected x, found y`; empty when they are equal.
    public static func differences(
        expected: OracleFigure, found: OracleFigure, at path: String = ""
    ) -> [String] {
        switch (expected, found) {
        case (.object(let a), .object(let b)):
            return Set(a.keys).union(b.keys).sorted().flatMap { key -> [String] in
                guard let x = a[key] else {
                    return ["\(path).\(key): not expected, found \(b[key]?.text ?? "")"]
                }
                guard let y = b[key] else { return ["\(path).\(key): expected \(x.text), not found"] }
                return differences(expected: x, found: y, at: "\(path).\(key)")
            }
        case (.array(let a), .array(let b)) where a.count == b.count:
            return zip(a, b).enumerated().flatMap { index, pair in
                differences(expected: pair.0, found: pair.1, at: "\(path)[\(index)]")
            }
        default:
            return expected == found ? [] : ["\(path): expected \(expected.text), found \(found.text)"]
        }
    }

    public var text: String {
        switch self {
        case .null: "null"
        case .integer(let value): String(value)
        case .text(let value): "\"\(value)\""
        case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ","))}"
        }
    }

    static func integers(_ values: Int64...) -> OracleFigure { .array(values.map { .integer($0) }) }
    static func optional(_ value: String?) -> OracleFigure { value.map { .text($0) } ?? .null }
    static func optional(_ value: Int64?) -> OracleFigure { value.map { .integer($0) } ?? .null }
}

extension OraclePeriod {
    /// The element of an expected file for this period; the closing of every journal account, the liability
    /// and the matrix only with `books`, for the files of the cases have them and those of X5 have not.
    public func figures(books: Bool = true) -> OracleFigure {
        var members: [String: OracleFigure] = [
            "period": .text(id), "span": .array(span.map { .text($0) }),
            "currency": .array([.text(currency), .integer(Int64(exponent))]),
            "records": records, "points": points, "operator": operatorFigures,
            "cross_merchant_points": .integer(crossMerchantPoints),
            "pool": .integer(journal["pool"] ?? 0), "rounding": .integer(journal["rounding"] ?? 0),
            "intake": .integers(Int64(duplicates), Int64(refusals.values.reduce(0, +))),
            "statements": .object(
                Dictionary(uniqueKeysWithValues: statements.map { ($0.merchant, $0.figures) })),
        ]
        if books {
            members["journal"] = .object(journal.mapValues { .integer($0) })
            members["liability"] = .array(liability.map(\.figures))
            members["matrix"] = .array(matrix.map(\.figures))
        }
        return .object(members)
    }

    private var records: OracleFigure {
        func sum(_ count: (OracleCounts) -> Int) -> OracleFigure {
            .integer(Int64(statements.reduce(0) { $0 + count($1.records) }))
        }
        return .object([
            "settled": sum(\.settled), "pending": sum(\.pending), "refused": sum(\.refused),
            "late": sum(\.late),
        ])
    }

    private var points: OracleFigure {
        let names = ["opening", "issued", "reversed", "redeemed", "restored", "expired", "closing"]
        let sums = names.indices.map { index in statements.reduce(Int64(0)) { $0 + $1.points.figures[index] }
        }
        return .object(Dictionary(uniqueKeysWithValues: zip(names, sums.map { .integer($0) })))
    }

    /// §7: "`operator` {`activity`,`closing`} (minus the sum of the merchants')".
    private var operatorFigures: OracleFigure {
        .integers(
            -statements.reduce(0) { $0 + $1.activity }, -statements.reduce(0) { $0 + $1.closingBalance })
    }

    private var crossMerchantPoints: Int64 {
        statements.reduce(0) { sum, statement in
            statement.flows.filter { $0.redeemer == statement.merchant && $0.issuer != statement.merchant }
                .reduce(sum) { $0 + $1.points }
        }
    }
}
