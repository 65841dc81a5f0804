import Foundation
import Settlement
import Signing
import Store

/// Takes deliveries to folders that receivers read, as by SFTP: `OWNER/PERIOD/` with a statement or closing,
/// `OWNER/receipts/BATCH/`, `OWNER/notices/ID.json`. Each appears whole or not at all, power cuts included. Nothing that is there is ever
/// overwritten: of a statement, closing or receipt a name that comes again with other bytes, as after a restore, gets
/// `~2`, `~3` …
struct FolderCourier: Sendable {
    let root: String
    let store: Store

    /// Takes one there; again, it changes nothing. Throws `Failure` where the disk is in the way, and
    /// `StoreTrouble` where what it tells of cannot be read.
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
    let name: String
    /// The file by which one tells whether it is there already.
    let witness: String
    let unfinished: String

    init(_ parent: String, _ name: String, _ witness: String, _ delivery: Delivery) {
        self.parent = parent
        self.name = name
        self.witness = witness
        unfinished = parent + "/.part-\(delivery.ownNumber)"
    }

    func fill(with document: SealedDocument, _ write: (StatementFiles) throws -> Void) throws {
        guard let target = free(for: document) else { return }
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

    /// The first path that nothing has; nil: it is there, under one of those before.
    private func free(for document: SealedDocument) -> String? {
        var (path, number) = (parent + "/" + name, 1)
        while WholeFile.exists(path) {
            if (try? WholeFile.read(path + "/" + witness)) == document.bytes { return nil }
            number += 1
            path = "\(parent)/\(name)~\(number)"
        }
        return path
    }
}

/// Makes what was written durable, and lets the daemon's group read it whatever the daemon's mask. Throws trouble where
/// the group may not: nobody would see that it is there.
private func publish(_ path: String, isFolder: Bool = false) throws(Failure) {
    let file = try Descriptor(
        opening: path, flags: O_RDONLY | O_NOFOLLOW | (isFolder ? O_DIRECTORY : 0), attempt: "make it durable"
    )
    guard SpoolDirectory.allow(isFolder ? 0o750 : 0o640, file.number) else {
        throw .trouble(
            path, "its group may not read it, and the system does not let that be changed",
            hint: "start the daemon with a umask of 0027, or take the setgid bit from the folder above")
    }
    try file.synchronize()
}
