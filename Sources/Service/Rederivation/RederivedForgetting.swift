import Settlement
import Signing
import Store

/// Who was forgotten, as the database says it and its audit.
struct RederivedForgetting {
    /// What the one says otherwise than the other.
    let findings: [RederivationReport.Finding]
    /// How many periods had closed when a member was last forgotten, by the order of the audit; 0: nobody was.
    let closedBefore: Int
    let members: [ForgottenMember]
    private let known: Set<MemberID>
    /// Of nobody, where the master secret is not at hand: then nobody can tell who an id was.
    private let pseudonyms: Pseudonyms
    private let instants: Set<Instant>

    init(_ history: StoredHistory, master: MasterSecret?) {
        let noted = history.audit.filter { $0.act == .memberForgotten }
        members = history.forgotten
        findings =
            history.forgottenTrouble.map { [.init("who was forgotten", "cannot \($0.attempt): \($0.cause)")] }
            ?? Self.findings(members, noted, master)
        closedBefore = Self.closedBefore(history)
        known = Set(members.map(\.pseudonym))
        instants = Set(noted.map(\.at) + members.map(\.at))
        pseudonyms = master?.pseudonyms(known: known) ?? .none
    }

    var isEmpty: Bool { known.isEmpty }

    /// Whether a member was forgotten then.
    func happened(at instant: Instant) -> Bool { instants.contains(instant) }

    /// Whether the row of a period still has what members held as its close wrote it: forgetting a member makes only that
    /// of the last one anew.
    func hasOwnSums(_ period: Int) -> Bool { period >= closedBefore - 1 }

    /// The pseudonyms of members who were forgotten that a batch names, and the first line that names such a member
    /// itself; nil also where the master secret is not at hand.
    func look(at batch: VerifiedBatch) -> (pseudonyms: Set<MemberID>, line: Int?) {
        guard !isEmpty else { return ([], nil) }
        return batch.withRecords { views in
            var (found, line): (Set<MemberID>, Int?) = ([], nil)
            for place in 0..<views.count {
                let view = views[place]
                let member = MemberID(verified: view.member)
                if known.contains(member) {
                    found.insert(member)
                } else if line == nil, pseudonyms.pseudonym(of: view.member) != nil {
                    line = view.line
                }
            }
            return (found, line)
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
            entry.reason?.hasPrefix("\(member.pseudonym) ") ?? false
        }
        for member in members {
            let place = "forgotten member \(member.number)"
            // One that was forgotten again has its first entry's row.
            let first = noted.first { names($0, member) }
            if first?.at != member.at || first?.reason != member.noted {
                findings.append(
                    .init(
                        place, "was not forgotten so, as far as the audit says",
                        derived: first.map { "\($0.at) \($0.reason ?? "")" },
                        stored: "\(member.at) \(member.noted)"))
            }
            if !member.pseudonym.text.hasPrefix(PseudonymKey.prefix) {
                findings.append(
                    .init(
                        place, "bears no pseudonym", derived: "\(PseudonymKey.prefix)…",
                        stored: member.pseudonym.text))
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
