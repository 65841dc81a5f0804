/// Where a merchant's post goes. It stands on what is printed for the merchant and in nothing that is signed.
public struct PostalAddress: Hashable, Sendable {
    /// As on an envelope, without the name: 1 … 6 lines of 1 … 100 bytes of printable text.
    public let lines: [String]
    /// Two capital letters of ISO 3166-1; nil where the alliance has but one country.
    public let country: String?

    public init(lines: [String], country: String? = nil) {
        self.lines = lines
        self.country = country
    }
}
