import Settlement
import Signing
import Store

extension Store {
    /// Who was forgotten, told by the master secret. Throws `refused` where that lacks a version that a pseudonym was made
    /// with, and `StoreTrouble` where what is kept of forgotten members is not as it was written.
    func pseudonyms(by master: MasterSecret) throws -> Pseudonyms {
        let forgotten = try forgottenMembersForIntake()
        guard !forgotten.isEmpty else { return .none }
        if let unknown = forgotten.map(\.secret).first(where: { !(1...master.latest).contains($0) }) {
            throw Failure.refused(
                path,
                "secret_outdated: members were forgotten by version \(unknown) of the master secret, which has"
                    + " \(master.latest)",
                hint:
                    "name the file that `settled secret rotate` wrote (--secret FILE), or restore your copy of it"
            )
        }
        return master.pseudonyms(known: forgotten.map(\.pseudonym))
    }
}

extension MasterSecret {
    /// Who bears one of these pseudonyms, by any version of this: a row that names another one hides nobody.
    func pseudonyms(known: some Sequence<MemberID>) -> Pseudonyms {
        Pseudonyms(keys: (1...latest).map { pseudonymKey(secret: $0) }, known: Set(known))
    }
}
