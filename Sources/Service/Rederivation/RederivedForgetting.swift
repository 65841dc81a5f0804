import Settlement
import Signing
import Store

/// Who was forgotten, as the database says it and its audit.
struct RederivedForgetting {
    /// What the one says otherwise than the other.
    let findings: [RederivationReport.Finding]
    /// How many periods had closed when a member was last forgotten, by the order of the audit; 0: nobody was.
    let closedBefore: Int
    private let known: Set<MemberID>
    /// Of nobody, where the master secret is not at hand: then nobody can tell who an id was.
    private let pseudonyms: Pseudonyms
    private let instants: Set<Instant>

    init(_ history: StoredHistory, master: MasterSecret?) {
        let noted = history.audit.filter { $0.act == .memberForgotten }
        let members = history.forgotten
        findings =
            history.forgottenTrouble.map { [.init("who was forgotten", "cannot \($0.attempt): \($0.cause)")] }
            ?? Self.findings(members, noted, master)
        closedBefore = Self.closedBefore(history)
        known = Set(members.map(\.pseudonym))
        instants = Set(noted.map(\.at) + members.map(\.at))
        let versions = Set(members.map(\.secret)).filter { (1...(master?.latest ?? 1)).contains($0) }
        if let master, !versions.isEmpty {
            let keys = versions.sorted().map { master.pseudonymKey(secret: $0) }
            pseudonyms = Pseudonyms(keys: keys, known: known)
        } else {
            pseudonyms = .none
        }
    }

    var isEmpty: Bool { known.isEmpty }

    /// Whether a member was forgotten then.
    func happened(at instant: Instant) -> Bool { instants.contains(instant) }

    /// Whether the row of a period still has what members held as its close wrote it: forgetting a member makes only that
    /// of the last one anew.
    func hasOwnSums(_ period: Int) -> Bool { period >= closedBefore - 1 }

    /// Whether a batch names the pseudonym of a member who was forgotten, and the first line that names such a member
    /// itself; nil also where the master secret is not at hand.
    func look(at batch: VerifiedBatch) -> (namesPseudonym: Bool, line: Int?) {
        guard !isEmpty else { return (false, nil) }
        return batch.withRecords { views in
            var (namesPseudonym, line): (Bool, Int?) = (false, nil)
            for place in 0..<views.count {
                let view = views[place]
                if known.contains(MemberID(verified: view.member)) {
                    namesPseudonym = true
                } else if line == nil, pseudonyms.pseudonym(of: view.member) != nil {
                    line = view.line
                }
            }
            return (namesPseudonym, line)
        }
    }

    private static func closedBefore(_ history: StoredHistory) -> Int {
        var (closed, found) = (0, 0)
        for entry in history.audit {
            if entry.act == .closed { closed += 1 }
            if entry.act == .memberForgotten { found = closed }
        }
        return found
    }

    private static func findings(
        _ members: [ForgottenMember], _ noted: [AuditEntry], _ master: MasterSecret?
    ) -> [RederivationReport.Finding] {
        var findings: [RederivationReport.Finding] = []
        func names(_ entry: AuditEntry, _ member: ForgottenMember) -> Bool {
            entry.reason?.hasPrefix(member.pseudonym.text) ?? false
        }
        for member in members {
            let place = "forgotten member \(member.number)"
            if !noted.contains(where: { $0.at == member.at && names($0, member) }) {
                findings.append(.init(place, "was not forgotten then, as far as the audit says"))
            }
            if let master, !(1...master.latest).contains(member.secret) {
                findings.append(
                    .init(
                        place, "`secret` is no version that the master secret has",
                        derived: "1 to \(master.latest)", stored: "\(member.secret)"))
            }
        }
        for entry in noted where !members.contains(where: { names(entry, $0) }) {
            findings.append(
                .init(
                    "who was forgotten", "a member is missing that the audit says was",
                    derived: entry.reason))
        }
        return findings
    }
}
