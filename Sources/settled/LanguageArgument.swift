public import ArgumentParser
public import Service

/// A language on the command line: `en` or `zh`.
extension Language: ExpressibleByArgument {}
