import Foundation
import Service
import Settlement
import Signing
import Store

/// The alliance that the records are of: fifty merchants, half of them prepaying, points good for a year.
enum BenchAlliance {
    static func alliance() -> Alliance {
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
            id: AllianceID("bench")!, name: "Bench", currency: Currency(code: "EUR", exponent: 2),
            timezone: "UTC", period: .month, expiry: Expiry(months: 12), maxAgeDays: 0, start: from,
            merchants: merchants)
    }

    /// A fresh store in an empty folder, with the merchants' keys.
    static func found(_ folder: String) throws -> Store {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try Store.create(
            folder: folder, alliance: alliance(), zone: try ZoneInfo.rules(of: "UTC"), at: Workload.start)
        for (place, merchant) in Workload.merchants.enumerated() {
            let key = try SignedBatches.key(of: place)
            guard let publicKey = key.verification.publicKey else {
                preconditionFailure("an Ed25519 key has one")
            }
            _ = try store.addPublicKey(publicKey, id: key.id, for: merchant, at: Workload.start)
        }
        return store
    }

    static func master() throws -> MasterSecret { try MasterSecret(Array(repeating: 42, count: 32)) }
}
