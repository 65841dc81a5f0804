/// What the environment says of the configuration: `SETTLED_` and the key's section and name, as in
/// `SETTLED_LISTEN_PORT`.
struct ConfigurationEnvironment {
    static let prefix = "SETTLED_"

    /// Names of the project's own that are no settings: of its build and tests, and of the scripts for merchants.
    static let others: Set<String> = [
        "SETTLED_TEST_BUILD", "SETTLED_REQUIRE_SHARED", "SETTLED_FUZZER", "SETTLED_SEED", "SETTLED_KEY",
        "SETTLED_KID", "SETTLED_ALLIANCE",
    ]

    /// Whether Kubernetes sets it of itself, in every pod beside a Service that is called `settled`: the Service's address,
    /// and what it has for each port.
    private static func isOfService(_ variable: String) -> Bool {
        let port = /SETTLED_PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?/
        let service = /SETTLED_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)/
        return variable.wholeMatch(of: port) != nil || variable.wholeMatch(of: service) != nil
    }

    /// Values by the name without the prefix.
    let values: [String: String]
    /// Names that begin as settings do and are none. What is in them is never repeated: it may be a secret.
    let findings: [Failure]

    init(_ environment: [String: String]) {
        let variables = Dictionary(uniqueKeysWithValues: ConfigurationKeys.all.map { ($0.variable, $0.path) })
        let said = environment.filter {
            $0.key.hasPrefix(Self.prefix) && !Self.others.contains($0.key) && !Self.isOfService($0.key)
        }
        let known = said.filter { variables[$0.key] != nil }
        values = Dictionary(
            uniqueKeysWithValues: known.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) })
        findings = said.keys.filter { variables[$0] == nil }.sorted().map { Self.unknown($0) }
    }

    private static func unknown(_ variable: String) -> Failure {
        let words = ConfigurationKeys.all.map { "\($0.section)_\($0.name)" }
        let word = String(variable.dropFirst(prefix.count))
        let meant = Spelling.nearest(to: word, among: words).map { prefix + $0.uppercased() }
        return .misused(
            variable, "unknown setting, expected SETTLED_, a section and its key, as in SETTLED_LISTEN_PORT",
            hint: meant.map { "did you mean \($0)?" } ?? "`settled config show` lists the keys")
    }
}
