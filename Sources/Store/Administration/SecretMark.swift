import GRDB
public import Signing

extension Store {
    /// Writes down by which secret this data is signed. What is kept is the public key of its seal's first
    /// version, which is published anyway; what is kept once stays.
    public func know(_ master: MasterSecret) throws {
        guard let seal = master.sealKey(version: 1).verification.publicKey else {
            preconditionFailure("a seal is an Ed25519 key")
        }
        try writing("write down what the master secret is known by") { database in
            let insert = try Prepared(
                database, "INSERT INTO secret_marks (mark, seal) VALUES (1, ?) ON CONFLICT DO NOTHING")
            insert.bind(1, seal.bytes)
            try insert.run()
        }
    }

    /// Whether this is the secret that the data is signed by.
    ///
    /// Of data that does not say, the first receipt tells; as long as there is none, any secret will do.
    public func isSigned(by master: MasterSecret) throws -> Bool {
        let seal = master.sealKey(version: 1).verification
        return try reading("read what the master secret is known by") { database in
            let mark = try Prepared(database, "SELECT seal FROM secret_marks").first { $0.bytes(0) }
            if let mark { return mark == seal.publicKey?.bytes }
            let receipt = try Prepared(
                database, "SELECT receipt, receipt_seal FROM batches ORDER BY batch LIMIT 1"
            ).first { (bytes: $0.bytes(0), seal: $0.text(1)) }
            guard let receipt else { return true }
            do {
                try DetachedJWS(parsing: receipt.seal).verify(payload: receipt.bytes, key: seal)
                return true
            } catch {
                return false
            }
        }
    }
}
