/// The database's schema, as numbered steps from an empty file; the SQL is part of the binary.
public enum Migrations {
    /// One step: what leads from schema `number - 1` to schema `number`.
    public struct Step: Sendable {
        /// 1, 2, 3 … without a gap.
        public let number: Int
        /// What the file is called, without its number.
        public let name: String
        public let sql: String
    }

    /// All steps, in order. A step that was ever released is never changed; a new one is added below.
    public static let all = [
        Step(number: 1, name: "first", sql: text(PackageResources._01_first_sql)),
        Step(number: 2, name: "secret", sql: text(PackageResources._02_secret_sql)),
        Step(number: 3, name: "forgetting", sql: text(PackageResources._03_forgetting_sql)),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
