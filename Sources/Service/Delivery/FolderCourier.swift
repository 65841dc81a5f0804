import Foundation
import Settlement
import Signing
import Store

/// Takes deliveries to folders that receivers read, as by SFTP: `OWNER/PERIOD/` with a statement or closing,
/// `OWNER/receipts/BATCH/`, `OWNER/notices/ID.json`. Each appears whole or not at all, power cuts included.
struct FolderCourier: Sendable {
    let root: String
    let store: Store

    /// Takes one there; again, it changes nothing. Throws `Failure` where the disk is in the way or something else
    /// has its name, and `StoreTrouble` where what it tells of cannot be read.
    func deliver(_ delivery: Delivery) throws {
        let home = root + "/" + delivery.lane.owner
        try Self.require(home)
        switch delivery.news {
        case .statement(let period):
            guard let merchant = delivery.lane.merchant,
                let statement = try store.statement(of: merchant, period: period)
            else { return try deliverNotice(delivery, home) }
            let place = AwaitedFolder(
                home, try store.schedule().calendar.period(period).id, "STATEMENT.json", delivery)
            try place.fill(with: statement.document) { files in
                try files.write(statement: statement.document, of: merchant, period: period, from: store)
            }
        case .closing(let period):
            let closing = try store.closing(ofClosed: period)
            let place = AwaitedFolder(
                home, try store.schedule().calendar.period(period).id, "CLOSING.json", delivery)
            try place.fill(with: closing.document) { try $0.write(closing: closing.document) }
        case .receipt(let number):
            guard let receipt = try store.receipt(numbered: number) else {
                return try deliverNotice(delivery, home)
            }
            try Self.require(home + "/receipts")
            let place = AwaitedFolder(
                home + "/receipts", Self.name(of: receipt.batch), "RECEIPT.json", delivery)
            try place.fill(with: receipt.document) { try $0.write(receipt: receipt.document) }
        case .disputeAnswered, .sequencesMissing, .exposure: try deliverNotice(delivery, home)
        }
    }

    private func deliverNotice(_ delivery: Delivery, _ home: String) throws {
        let message = try NewsMessage(delivery, from: store)
        try Self.require(home + "/notices")
        let path = "\(home)/notices/\(message.id).json"
        try WholeFile.write(message.body + [UInt8(ascii: "\n")], to: path)
        try publish(path)
    }

    /// Makes a folder if need be. Where a link stands in its place, others would choose where files go.
    private static func require(_ path: String) throws(Failure) {
        try createFolder(path, mode: 0o750)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .trouble(
                path, "is a link, expected a folder", hint: "receivers need to read here, not to write")
        }
        try publish(path, isFolder: true)
    }

    /// An id as a name: what is not a letter, a digit, `-` or `_`, nor a full stop behind the first place, is `%` and
    /// two digits of hex.
    static func name(of batch: BatchID) -> String {
        var name = ""
        for (place, byte) in batch.text.utf8.enumerated() {
            let plain = Character(Unicode.Scalar(byte))
            if plain.isLetter || plain.isNumber || "-_".contains(plain) || (plain == "." && place > 0) {
                name.append(plain)
            } else {
                name += "%" + Hexadecimal.text([byte]).uppercased()
            }
        }
        return name
    }
}

/// Where something is to appear.
private struct AwaitedFolder {
    let parent: String
    let target: String
    /// The file by which one tells whether it is there already.
    let witness: String
    let unfinished: String

    init(_ parent: String, _ name: String, _ witness: String, _ delivery: Delivery) {
        self.parent = parent
        target = parent + "/" + name
        self.witness = witness
        unfinished = parent + "/.part-\(delivery.number)"
    }

    func fill(with document: SealedDocument, _ write: (StatementFiles) throws -> Void) throws {
        if WholeFile.exists(target) {
            guard (try? WholeFile.read(target + "/" + witness)) == document.bytes else {
                throw Failure.refused(target, "is there already, and is something else", hint: "move it away")
            }
            return
        }
        // What an attempt that was cut short left.
        try? FileManager.default.removeItem(atPath: unfinished)
        do {
            try write(try StatementFiles(unfinished))
            for name in try FileManager.default.contentsOfDirectory(atPath: unfinished) {
                try publish(unfinished + "/" + name)
            }
            try publish(unfinished, isFolder: true)
            guard rename(unfinished, target) == 0 else {
                throw Failure.fromSystem(target, "give it its name")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            throw error
        }
        try publish(parent, isFolder: true)
    }
}

/// Makes what was written durable, and lets the daemon's group read it whatever the daemon's mask.
private func publish(_ path: String, isFolder: Bool = false) throws(Failure) {
    let file = try Descriptor(
        opening: path, flags: O_RDONLY | O_NOFOLLOW | (isFolder ? O_DIRECTORY : 0), attempt: "make it durable"
    )
    SpoolDirectory.allow(isFolder ? 0o750 : 0o640, file.number)
    try file.synchronize()
}
