import Settlement
import Signing
import Store

extension Store {
    /// Who was forgotten, told by the master secret. Throws `refused` where that lacks a version that a pseudonym was made
    /// with, and `StoreTrouble` where what is kept of forgotten members is not as it was written.
    func pseudonyms(by master: MasterSecret) throws -> Pseudonyms {
        let forgotten = try forgottenMembersForIntake()
        guard !forgotten.isEmpty else { return .none }
        let versions = Set(forgotten.map(\.secret)).sorted()
        if let unknown = versions.first(where: { !(1...master.latest).contains($0) }) {
            throw Failure.refused(
                path,
                "secret_outdated: members were forgotten by version \(unknown) of the master secret, which has"
                    + " \(master.latest)",
                hint:
                    "name the file that `settled secret rotate` wrote (--secret FILE), or restore your copy of it"
            )
        }
        return Pseudonyms(
            keys: versions.map { master.pseudonymKey(secret: $0) }, known: Set(forgotten.map(\.pseudonym)))
    }
}
