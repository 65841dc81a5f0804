import Foundation
import Logging
import Settlement
import Signing
import Synchronization

/// Looks through the folder of one owner and takes what is whole. One look at a time.
///
/// What is whole is told by the signature: bytes that fit it are all there, whatever their upload still does. A
/// batch that does not fit may be on its way, and is refused only when neither it nor its signature has changed
/// for a while. A batch without a signature waits; so does a signature without a batch.
final class SpoolSweep: Sendable {
    let owner: SpoolOwner
    private let settings: SpoolSettings
    private let intake: Intake
    private let clock: WallClock
    private let logger: Logger
    private let seen = Mutex<[SpoolName: Sighting]>([:])

    init(of owner: SpoolOwner, settings: SpoolSettings, intake: Intake, clock: WallClock, logger: Logger) {
        self.owner = owner
        self.settings = settings
        self.intake = intake
        self.clock = clock
        var logger = logger
        logger[metadataKey: "spool"] = "\(owner.folderName)"
        self.logger = logger
    }

    /// One look at everything; `isStopping` ends it between two batches. What a batch meets does not keep the
    /// others from being looked at, unless the store or the disk does not do its work.
    func run(_ folder: SpoolFolder, isStopping: () -> Bool) throws {
        let names = try folder.inbox.names()
        let present = Set(names)
        seen.withLock { seen in seen = seen.filter { present.contains($0.key) } }
        for name in names where !name.isHidden && name.form != nil {
            guard !isStopping() else { return }
            do {
                try look(at: name, in: folder)
            } catch let failure as Failure {
                complain(name, "\(failure)")
            }
        }
    }

    private func look(at name: SpoolName, in folder: SpoolFolder) throws {
        let signatureName = name.appending(SpoolFolder.signatureEnding)
        guard let batch = try folder.inbox.status(name) else { return }
        let signature = try folder.inbox.status(signatureName)
        guard batch.isFile, signature?.isFile != false else {
            if batch.isFolder || signature?.isFolder == true {
                return complain(name, "a folder stands under the name of a batch or of its signature")
            }
            let odd = batch.isFile ? signatureName : name
            return try refuse(name, .notAFile(odd), nil, batch, signed: signature != nil, in: folder)
        }
        guard let signature else {
            if try folder.resume(name, limit: intake.limitBytes) { return }
            return complain(name, "waits for its signature \(signatureName.text)", level: .info)
        }
        let sighting = sight(name, Fingerprint(batch, signature))
        let isQuiet = sighting.since.duration(to: .now) >= .seconds(settings.quietSeconds)
        if let refusal = sighting.refusal {
            return try folder.deliver(refusal, of: name, signed: true)
        }
        guard isQuiet || !sighting.wasTried else { return }
        guard batch.st_size <= intake.limitBytes else {
            guard isQuiet else { return }
            let refusal = intake.tooLarge
            try intake.noteUnread(refusal, signature: nil, received: clock.now)
            return try refuse(name, Problem(refusal), nil, batch, signed: true, in: folder)
        }
        try take(name, signatureName, batch, isQuiet: isQuiet, in: folder)
    }

    private func take(
        _ name: SpoolName, _ signatureName: SpoolName, _ status: stat, isQuiet: Bool, in folder: SpoolFolder
    ) throws {
        guard let form = name.form, let bytes = try folder.inbox.read(name, limit: intake.limitBytes) else {
            return
        }
        let read = try folder.inbox.read(signatureName, limit: Self.longestSignature)
        let signature = Self.text(of: read ?? [])
        let received = clock.now
        if !isQuiet,
            try !intake.isSigned(bytes, form: form, signature: signature, received: received)
        {
            return seen.withLock { $0[name]?.wasTried = true }
        }
        let digest = SHA256Digest(of: bytes)
        do {
            let answer = try intake.take(
                bytes, form: form, signature: signature, received: received, of: owner)
            try folder.deliver(.receipt(answer.document, digest: digest), of: name, signed: true)
            logger.info("batch stored", metadata: ["file": "\(name.text)", "digest": "\(digest.text)"])
        } catch let refusal as BatchRefusal {
            try refuse(name, Problem(refusal), digest, status, signed: true, in: folder)
        }
    }

    private func refuse(
        _ name: SpoolName, _ problem: Problem, _ digest: SHA256Digest?, _ status: stat, signed: Bool,
        in folder: SpoolFolder
    ) throws {
        let result = SpoolFolder.Result.refused(
            problem, file: name, digest: digest, byteCount: Int64(status.st_size))
        seen.withLock { $0[name]?.refusal = result }
        try folder.deliver(result, of: name, signed: signed)
        logger.info("batch refused", metadata: ["file": "\(name.text)", "code": "\(problem.code)"])
    }

    private static let longestSignature = 1 << 16

    /// The signature as it stands in its file: a line end behind it is not part of it.
    private static func text(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// What was seen of a batch and its signature.
extension SpoolSweep {
    /// Changes when either file does.
    private struct Fingerprint: Hashable {
        let facts: [Int64]

        init(_ batch: stat, _ signature: stat) {
            facts = Self.facts(batch) + Self.facts(signature)
        }

        private static func facts(_ status: stat) -> [Int64] {
            let (written, changed) = (status.st_mtim, status.st_ctim)
            var facts = [Int64(status.st_ino), Int64(status.st_size)]
            facts += [Int64(written.tv_sec), Int64(written.tv_nsec)]
            facts += [Int64(changed.tv_sec), Int64(changed.tv_nsec)]
            return facts
        }
    }

    private struct Sighting {
        var fingerprint: Fingerprint?
        var since = ContinuousClock.now
        /// Whether the bytes were held against the signature, and did not fit.
        var wasTried = false
        /// Noted in the audit already, and not yet written where the merchant sees it.
        var refusal: SpoolFolder.Result?
        /// Said once, not at every look.
        var complaint: String?
    }

    /// Since when the pair stands as it does, and whether it was tried then.
    private func sight(_ name: SpoolName, _ fingerprint: Fingerprint) -> Sighting {
        seen.withLock { seen in
            var sighting = seen[name] ?? Sighting()
            if sighting.fingerprint != fingerprint { sighting = Sighting(fingerprint: fingerprint) }
            seen[name] = sighting
            return sighting
        }
    }

    private func complain(_ name: SpoolName, _ text: String, level: Logger.Level = .warning) {
        let isNew = seen.withLock { seen in
            defer { seen[name, default: Sighting()].complaint = text }
            return seen[name]?.complaint != text
        }
        if isNew { logger.log(level: level, "\(text)", metadata: ["file": "\(name.text)"]) }
    }
}

extension stat {
    fileprivate var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    fileprivate var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}

extension Intake.Answer {
    /// The receipt, of a new batch or the first one of a copy.
    var document: SealedDocument {
        switch self {
        case .stored(let document, _), .copy(let document): document
        }
    }
}
