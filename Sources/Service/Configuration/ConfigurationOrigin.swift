/// Where a value of the configuration comes from.
public enum ConfigurationOrigin: Hashable, Sendable {
    /// Nobody says anything else.
    case standard
    case file(String, line: Int?)
    /// The variable's name.
    case environment(String)
    case flag(String)

    /// The layer: `default`, `file`, `environment` or `flag`.
    public var layer: String {
        switch self {
        case .standard: "default"
        case .file: "file"
        case .environment: "environment"
        case .flag: "flag"
        }
    }

    /// Where to look; nil: nowhere.
    var place: String? {
        switch self {
        case .standard: nil
        case .file(let file, let line): line.map { "\(file):\($0)" } ?? file
        case .environment(let name), .flag(let name): name
        }
    }
}
