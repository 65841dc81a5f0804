import Foundation
import Logging
import Settlement
import Signing
import Store
import Synchronization

/// Looks through the folder of one owner and takes what is whole. One look at a time.
///
/// What is whole is told by the signature: bytes that fit it are all there, whatever their upload still does. A
/// batch that does not fit may be on its way, and is refused only when neither it nor its signature has changed
/// for a while. A batch without a signature waits; so does a signature without a batch.
///
/// A look goes over so many names and bytes at most, and the next one goes on from there: whoever fills a folder
/// takes neither memory nor the others' time.
final class SpoolSweep: Sendable {
    let owner: SpoolOwner
    let settings: SpoolSettings
    private let intake: Intake
    private let clock: WallClock
    private let workers: BatchWorkers
    private let logger: Logger
    private let memory = Mutex(SpoolMemory())
    private let mostNames: Int
    private let mostBytes: Int

    /// One look goes over `mostNames` names at most, and ends when it has read `mostBytes` of batches.
    init(
        of owner: SpoolOwner, settings: SpoolSettings, intake: Intake, clock: WallClock,
        workers: BatchWorkers, logger: Logger, mostNames: Int = 4096, mostBytes: Int = 64 << 20
    ) {
        (self.mostNames, self.mostBytes) = (mostNames, mostBytes)
        self.owner = owner
        self.settings = settings
        self.intake = intake
        self.clock = clock
        self.workers = workers
        var logger = logger
        logger[metadataKey: "spool"] = "\(owner.folderName)"
        self.logger = logger
    }

    /// Looks at what comes next, and gives whether there is more behind it; `isStopping` ends it between two
    /// batches. What a batch meets does not keep the others from being looked at, unless the store or the disk does
    /// not do its work.
    func run(_ folder: SpoolFolder, isStopping: () -> Bool) throws -> Bool {
        let last = memory.withLock { $0.last }
        if memory.withLock({ $0.begin() }) {
            try folder.done.clearDrafts()
            try folder.refused.clearDrafts()
        }
        let (names, isAll) = try folder.inbox.names(after: last, most: mostNames) {
            !$0.isHidden && $0.form != nil
        }
        memory.withLock { $0.forget(allBut: names, after: last, isAll: isAll) }
        var bytes = 0
        for name in names {
            guard !isStopping() else { return false }
            do {
                bytes += try look(at: name, in: folder)
            } catch let failure as Failure {
                complain(name, "\(failure)")
            }
            guard bytes < mostBytes || name == names.last else {
                memory.withLock { $0.last = name }
                return true
            }
        }
        memory.withLock { $0.last = isAll ? nil : names.last }
        return !isAll
    }

    /// Gives how many bytes it took to look.
    private func look(at name: SpoolName, in folder: SpoolFolder) throws -> Int {
        guard let batch = try folder.inbox.status(name) else { return 0 }
        let signature = try folder.inbox.status(name.appending(SpoolFolder.signatureEnding))
        let sight = SpoolFolder.Sight(
            name: name, batch: FileFacts(batch), signature: signature.map(FileFacts.init))
        guard batch.isFile, signature?.isFile != false else {
            if batch.isFolder || signature?.isFolder == true {
                complain(name, "a folder stands under the name of a batch or of its signature")
                return 0
            }
            let problem = Problem.notAFile(batch.isFile ? sight.signatureName : name)
            try intake.store.noteUnopened(
                code: problem.code, reason: "\(owner.folderName)/\(problem.detail)", at: clock.now)
            try refuse(sight, problem, nil, in: folder)
            return 0
        }
        let sighting = memory.withLock { $0.sight(name, SpoolMemory.Fingerprint(batch, signature)) }
        if let refusal = sighting.refusal {
            try folder.deliver(refusal, of: sight)
            return 0
        }
        guard signature != nil else {
            return try wait(sight, wasTried: sighting.wasTried, in: folder)
        }
        let isQuiet = sighting.since.duration(to: .now) >= .seconds(settings.quietSeconds)
        guard isQuiet || !sighting.wasTried else { return 0 }
        guard sight.batch.size <= intake.limitBytes else {
            guard isQuiet else { return 0 }
            let refusal = intake.tooLarge
            try intake.noteUnread(refusal, signature: nil, received: clock.now)
            try refuse(sight, Problem(refusal), nil, in: folder)
            return 0
        }
        try take(sight, isQuiet: isQuiet, in: folder)
        return sight.batch.size
    }

    /// What has no signature may be what a kill left half moved: asked once.
    private func wait(_ sight: SpoolFolder.Sight, wasTried: Bool, in folder: SpoolFolder) throws -> Int {
        guard !wasTried else { return 0 }
        if try folder.resume(sight.name, limit: intake.limitBytes) { return sight.batch.size }
        memory.withLock { $0.tried(sight.name) }
        complain(sight.name, "waits for its signature \(sight.signatureName.text)", level: .info)
        return 0
    }

    /// Reads the batch where it is checked: a large one is in memory only when its turn has come.
    private func take(_ sight: SpoolFolder.Sight, isQuiet: Bool, in folder: SpoolFolder) throws {
        guard let form = sight.name.form else { return }
        try workers.runWaiting(bytes: sight.batch.size, of: .claimant(owner.claimant)) { [self] in
            // What is not what was looked at has changed since, and will be looked at again.
            guard let batch = try folder.inbox.read(sight.name, limit: intake.limitBytes),
                batch.facts == sight.batch,
                let signature = try signature(of: sight, in: folder)
            else { return }
            var sight = sight
            sight.read = (batch.bytes, signature)
            let verdict = try verdict(batch.bytes, form, Self.text(of: signature), isQuiet: isQuiet)
            try follow(verdict, sight, in: folder)
        }
    }

    private func verdict(
        _ bytes: [UInt8], _ form: BatchForm, _ signature: String, isQuiet: Bool
    ) throws -> Verdict {
        let received = clock.now
        if !isQuiet, try !intake.isSigned(bytes, form: form, signature: signature, received: received) {
            return .unsigned
        }
        let (digest, begun) = (SHA256Digest(of: bytes), ContinuousClock.now)
        do {
            let answer = try intake.take(
                bytes, form: form, signature: signature, received: received, of: owner)
            return .stored(answer.document, digest, answer.line(bytes: bytes.count, took: .now - begun))
        } catch let refusal as BatchRefusal {
            return .refused(Problem(refusal), digest, took: .now - begun)
        }
    }

    /// Nil: it has changed since. Of one that is too long to be any, nothing.
    private func signature(of sight: SpoolFolder.Sight, in folder: SpoolFolder) throws -> [UInt8]? {
        guard let facts = sight.signature, facts.size <= Self.longestSignature else { return [] }
        let read = try folder.inbox.read(sight.signatureName, limit: Self.longestSignature)
        return read?.facts == facts ? read?.bytes : nil
    }

    private enum Verdict: Sendable {
        /// Not yet, as far as anybody can tell.
        case unsigned
        case stored(SealedDocument, SHA256Digest, BatchLine?)
        case refused(Problem, SHA256Digest, took: Duration)
    }

    private func follow(_ verdict: Verdict, _ sight: SpoolFolder.Sight, in folder: SpoolFolder) throws {
        switch verdict {
        case .unsigned: memory.withLock { $0.tried(sight.name) }
        case .stored(let document, let digest, let line):
            try folder.deliver(.receipt(document, digest: digest), of: sight)
            if let line { logger.say(line, ["file": "\(sight.name.text)", "digest": "\(digest.text)"]) }
        case .refused(let problem, let digest, let took):
            try refuse(sight, problem, digest, took: took, in: folder)
        }
    }

    private func refuse(
        _ sight: SpoolFolder.Sight, _ problem: Problem, _ digest: SHA256Digest?, took: Duration = .zero,
        in folder: SpoolFolder
    ) throws {
        let result = SpoolFolder.Result.refused(
            problem, file: sight.name, digest: digest, byteCount: Int64(sight.batch.size))
        memory.withLock { $0.refused(sight.name, result) }
        try folder.deliver(result, of: sight)
        logger.say(
            .refused(problem.code, bytes: Int(sight.batch.size), took: took), ["file": "\(sight.name.text)"])
    }

    private static let longestSignature = 1 << 16

    /// The signature as it stands in its file: a line end behind it is not part of it.
    private static func text(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private func complain(_ name: SpoolName, _ text: String, level: Logger.Level = .warning) {
        let isNew = memory.withLock { $0.complain(name, text) }
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

    fileprivate func line(bytes: Int, took: Duration) -> BatchLine? {
        switch self {
        case .stored(_, let receipt): .stored(receipt, bytes: bytes, took: took)
        case .copy(let document): .again(Receipt(figuresOf: document.bytes), bytes: bytes, took: took)
        }
    }
}
