/// Bounds of an alliance's own numbers. The rulebook gives none for these: they are ours, far beyond use, so
/// that no sum of days or months leaves the calendar.
public enum AllianceBounds {
    /// Hours: a little more than a year.
    public static let graceHours = 0...10_000
    /// Months: a hundred years.
    public static let expiryMonths = 1...1200
    public static let carryPeriods = 0...1000
    /// Days: a hundred years.
    public static let maxAgeDays = 0...36_525
    /// Bytes of UTF-8.
    public static let nameLength = 1...200
    public static let addressLines = 1...6
    /// Bytes of UTF-8.
    public static let addressLineLength = 1...100
    /// The first period's day, as instants are bounded (rulebook §1).
    public static let start = LocalDate(2000, 1, 1)...LocalDate(2099, 12, 31)
    /// Every other date.
    public static let dates = LocalDate(1970, 1, 1)...LocalDate(9999, 12, 31)
}
