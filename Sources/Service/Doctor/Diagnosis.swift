public import Settlement
import Store

/// How an installation stands, looked at from outside the daemon: one finding a line, each with what to do.
public struct Diagnosis: Sendable {
    public let findings: [Finding]

    /// Whether nothing is in trouble; warnings may be there.
    public var isWell: Bool { findings.allSatisfy { $0.state != .trouble } }

    public enum State: String, Hashable, Sendable, CaseIterable {
        case ok
        /// It works, and will not for ever.
        case warning
        case trouble
    }

    public struct Finding: Hashable, Sendable {
        /// What was looked at: a word for a script.
        public let what: String
        public let state: State
        /// One sentence, with what to do about it where there is anything.
        public let text: String

        init(_ what: String, _ state: State, _ text: String) {
            self.what = what
            self.state = state
            self.text = text
        }
    }

    /// What is looked at.
    public struct Request: Sendable {
        public let data: DataFolder
        /// Nil: there is no configuration, and the spool and certificates are not looked at.
        public let configuration: DaemonConfiguration?
        /// Where backups go; nil: they are not looked at.
        public let backups: String?
        /// Archives, or folders in which they are, all of which have to be there as they were written; none: they are
        /// only named.
        public let archives: [String]
        /// Every row instead of every page.
        public let isFull: Bool
        public let now: Instant

        public init(
            data: DataFolder, configuration: DaemonConfiguration? = nil, backups: String? = nil,
            archives: [String] = [], isFull: Bool = false, now: Instant
        ) {
            self.data = data
            self.configuration = configuration
            self.backups = backups
            self.archives = archives
            self.isFull = isFull
            self.now = now
        }
    }

    /// Looks at everything; what cannot be read is a finding too. Throws `misused` where there is no data folder.
    public init(_ request: Request, progress: SimulationProgress = .silent) throws {
        try request.data.requireFounded()
        var findings = RightsCheck(request.data).findings
        do {
            let store = try Store.openToRead(folder: request.data.path)
            defer { try? store.shut() }
            findings += StoreDiagnosis(store: store, request: request).findings(progress)
        } catch {
            findings.append(Finding("database", .trouble, "\(error)"))
        }
        if let configuration = request.configuration {
            findings += ConfigurationCheck(configuration, data: request.data, now: request.now).findings
        }
        findings.append(Finding("versions", .ok, SystemLibraries.text))
        self.findings = findings
    }
}
