/// What a configuration that is read again has otherwise than the one in use.
struct ConfigurationChange: Sendable {
    struct Key: Hashable, Sendable {
        let path: String
        /// Nil: nothing was, or is, set.
        let before: String?
        let after: String?
    }

    /// What a running daemon takes.
    let live: [Key]
    /// What it takes when it is started again.
    let waiting: [Key]

    init(from before: DaemonConfiguration, to after: DaemonConfiguration) {
        let changed = ConfigurationKeys.all.filter { $0.value(before) != $0.value(after) }
        func keys(_ keys: [ConfigurationKey]) -> [Key] {
            keys.map { Key(path: $0.path, before: $0.value(before), after: $0.value(after)) }
        }
        live = keys(changed.filter(\.isLive))
        waiting = keys(changed.filter { !$0.isLive })
    }
}

extension ConfigurationChange.Key: CustomStringConvertible {
    /// `log.level: info, now debug`
    var description: String { "\(path): \(before ?? "nothing"), now \(after ?? "nothing")" }
}

extension DaemonConfiguration {
    /// The same with what a running daemon takes of another.
    func taking(liveOf other: DaemonConfiguration) -> DaemonConfiguration {
        var taken = self
        taken.logLevel = other.logLevel
        for limit in ServerLimit.all where limit.isLive {
            taken.limits[keyPath: limit.path] = other.limits[keyPath: limit.path]
        }
        return taken
    }
}
