import Settlement
import Signing
import Store

/// Who was forgotten, told by the id that nothing holds any more: with the master secret, which makes the pseudonyms.
struct ForgottenIDs {
    private let members: [MemberID: ForgottenMember]
    private let pseudonyms: Pseudonyms

    /// Throws `refused` where the secret lacks a version that a pseudonym was made by, and `StoreTrouble` where what is
    /// kept of them is not as it was written.
    init(_ store: Store, _ master: MasterSecret) throws {
        members = Dictionary(try store.forgottenMembers().map { ($0.pseudonym, $0) }) { first, _ in first }
        pseudonyms = try store.pseudonyms(by: master)
    }

    /// The one who had an id; nil: nobody who was forgotten.
    func member(_ id: MemberID) -> ForgottenMember? {
        id.withBytes { pseudonyms.pseudonym(of: $0) }.flatMap { members[$0] }
    }

    /// The one who is called so since.
    func member(called pseudonym: MemberID) -> ForgottenMember? { members[pseudonym] }
}

extension MasterSecret {
    /// What a member is called who is forgotten now, by a version of this.
    func pseudonym(of member: MemberID, secret: Int) -> MemberID {
        MemberID(verified: member.withBytes { pseudonymKey(secret: secret).pseudonym(of: $0) })
    }
}
