import Foundation
import Service
import Settlement
import Signing
import Store

/// The alliance that the records are of: fifty merchants, half of them prepaying.
enum BenchAlliance {
    static let id = AllianceID("bench")!

    /// `validity`: how many months points are good for.
    static func alliance(validity: Int) -> Alliance {
        let from = LocalDate("2025-01-01")!
        let merchants = Workload.merchants.enumerated().map { place, id in
            Merchant(
                id: id, name: "Merchant \(place)",
                terms: [
                    Terms(
                        from: from, funding: place % 2 == 0 ? .issue : .redemption,
                        issuePrice: Price("0.01")!,
                        redeemPrice: Price("0.009")!, redeemFee: Fraction("0.02")!, vat: Fraction("0.2")!,
                        breakageShare: Fraction("0.5")!)
                ])
        }
        return Alliance(
            id: id, name: "Bench", currency: Currency(code: "EUR", exponent: 2),
            timezone: "UTC", period: .month, expiry: Expiry(months: validity), maxAgeDays: 0, start: from,
            merchants: merchants)
    }

    static func zone() throws -> ZoneRules { try ZoneInfo.rules(of: "UTC") }

    /// A fresh data folder with the merchants' keys and the master secret, as `settled serve` wants it. The secret
    /// is everybody's: what is measured with it proves nothing.
    static func found(_ folder: String, validity: Int) throws -> Store {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try MasterSecretFile.write(SecretBytes(secret), at: DataFolder(folder).ownSecretPath)
        let store = try Store.create(
            folder: folder, alliance: alliance(validity: validity), zone: try zone(), at: Workload.start)
        for (place, merchant) in Workload.merchants.enumerated() {
            let key = try SignedBatches.key(of: place)
            guard let publicKey = key.verification.publicKey else {
                preconditionFailure("an Ed25519 key has one")
            }
            _ = try store.addPublicKey(publicKey, id: key.id, for: merchant, at: Workload.start)
        }
        return store
    }

    static func master() throws -> MasterSecret { try MasterSecret(secret) }

    private static let secret = [UInt8](repeating: 42, count: 32)
}
