import ArgumentParser
import Foundation
import Settlement
import Signing

/// Checks a batch's signature again and again.
struct SignatureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Measures what stands before the reading of a batch: its Ed25519 signature, its digest.")

    @Argument(help: "A batch, as `bench workload --form` writes it.") var file: String
    @Option(help: "How often.") var runs = 5

    func run() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let key = try SignedBatches.key(of: 0)
        let signature = key.sign(bytes)
        let batchKey = BatchKey(verification: key.verification, merchant: Workload.merchants[0])
        let time = try seconds {
            for _ in 0..<runs {
                _ = try AuthenticBatch(
                    bytes: bytes, form: .ndjson, signature: signature, limit: 1 << 30,
                    received: Workload.received, keys: { _ in batchKey })
            }
        }
        try report(["bytes": bytes.count, "runs": runs, "seconds": time])
    }
}
