import Foundation
import Logging
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// A spool of its own over an estate, looked through by hand.
final class SpoolScene: Sendable {
    let estate: Estate
    let root: String
    private let sweep: SpoolSweep

    /// `owner`'s folder; a file that does not fit its signature is refused at once unless `quietSeconds` says
    /// otherwise.
    init(
        _ owner: SpoolOwner = .merchant(MerchantID(verified: "M")), quietSeconds: Int = 0,
        limitBytes: Int = 1 << 20, mostNames: Int = 4096, mostBytes: Int = 64 << 20,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        estate = try Estate(limitBytes: limitBytes)
        root = estate.scratch.file("spool")
        sweep = SpoolSweep(
            of: owner, settings: SpoolSettings(folder: root, quietSeconds: quietSeconds),
            intake: estate.intake, clock: .standing(at: Estate.received),
            workers: BatchWorkers(atOnce: true), logger: logger, mostNames: mostNames, mostBytes: mostBytes)
        _ = try folder
    }

    var folder: SpoolFolder {
        get throws { try SpoolFolder(of: sweep.owner, in: SpoolDirectory(root: root)) }
    }

    /// Looks at what comes next, and gives whether there is more.
    func lookOnce() throws -> Bool { try sweep.run(try folder) { false } }

    /// One look at everything, in folders opened just now or before.
    func look(in opened: SpoolFolder? = nil) throws {
        let folder = try opened ?? folder
        while try sweep.run(folder, isStopping: { false }) {}
    }

    private var home: String {
        switch sweep.owner {
        case .merchant(let id): root + "/" + id.text
        case .operator: root + "/operator"
        }
    }

    func path(_ name: String) -> String { home + "/" + name }

    /// Leaves a file as an upload does.
    func put(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Leaves a batch and its signature.
    func put(_ batch: [UInt8], signedAs name: String, by key: SigningKey? = nil) throws {
        try put(batch, "in/" + name)
        try put(Array(((key ?? estate.merchantKey).sign(batch) + "\n").utf8), "in/\(name).jws")
    }

    /// The names in one of the three folders, sorted.
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    /// The `code` of a problem.
    func code(_ name: String) throws -> String? {
        try members(WholeFile.read(path("refused/" + name)))["code"] as? String
    }

    /// The ids of the batches that the store holds of M.
    func stored() throws -> [String] {
        try estate.open.store.batches(of: MerchantID(verified: "M")).map(\.summary.batch.text).sorted()
    }
}
