import Settlement
import Signing
import Store

extension MemberForgetting.Request {
    /// The same of the member whose pseudonym was given for its id, where a record of it is held all the same, as in a
    /// backup from before it was forgotten: nobody has to have kept the id. Itself of any other id, and of a pseudonym that
    /// is known or nobody's.
    ///
    /// Goes over the records until the first of that member. Throws `StoreTrouble`.
    func finding(_ progress: SimulationProgress) throws -> Self {
        guard PseudonymKey.isPseudonym(member.text),
            try !folder.store.forgottenMembers().contains(where: { $0.pseudonym == member })
        else { return self }
        progress.show("looking for whose pseudonym it is")
        let keys = (1...folder.master.latest).map { folder.master.pseudonymKey(secret: $0) }
        var secret: Int?
        let found = try folder.store.member { id in
            secret = keys.first { $0.pseudonym(of: id) == member.text }?.secret
            return secret != nil
        }
        guard let found, let secret else { return self }
        return of(found, pseudonymBy: secret)
    }
}
