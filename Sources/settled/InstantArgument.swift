public import ArgumentParser
public import Settlement

/// An instant on the command line: RFC 3339 with an offset, within the rulebook's bounds.
extension Instant: ExpressibleByArgument {
    public init?(argument: String) {
        guard let instant = Instant(rfc3339: argument), instant.isWithinBounds else { return nil }
        self = instant
    }
}
