/// Where the bytes of an answer will lie while they are sent: room that is taken before there are any.
///
/// Many lie in a file without a name, so that who takes its time to read keeps little memory: a peer may have thousands
/// of answers under way, none of which it reads.
enum AnswerPlace: Sendable {
    /// Nil: few bytes take no room.
    case memory(AnswerRoom.Share?)
    case file(NamelessFile, AnswerRoom.Share)

    /// Up to here they stay in memory, whatever else is under way: a piece of a file would take no less.
    static let leastBytes = 8 << 10
    /// Up to here they stay in memory as long as there is room.
    static let mostInMemory = 64 << 10

    /// For an answer of so many bytes that may be asked for again at no loss: what is read, and what is answered to a
    /// batch that was not stored by that. Throws `busy` where there is no room for a file or the disk's reserve begins,
    /// and trouble with the disk.
    init(_ bytes: Int, to recipient: AnswerRoom.Recipient, in room: AnswerRoom) throws {
        if let memory = Self.memory(bytes, to: recipient, in: room) {
            self = memory
        } else {
            try room.leaveReserve(bytes)
            self = try Self.file(bytes, to: recipient, in: room)
        }
    }

    /// For the receipt, of at most so many bytes, of a batch that is to be stored: it may take of what the disk keeps
    /// for batches, and its bytes there are taken before the batch is. Throws `busy` where there is no room for a
    /// file, and trouble with the disk.
    init(ofReceipt most: Int, to sender: Peer, in room: AnswerRoom) throws {
        if let memory = Self.memory(most, to: .sender(sender), in: room) {
            self = memory
        } else {
            self = try Self.file(most, to: .sender(sender), in: room)
            if case .file(let file, _) = self { try file.allocate(most) }
        }
    }

    /// Nil: there is no room.
    private static func memory(
        _ bytes: Int, to recipient: AnswerRoom.Recipient, in room: AnswerRoom
    ) -> AnswerPlace? {
        if bytes <= leastBytes { return .memory(nil) }
        guard bytes <= mostInMemory, let share = room.inMemory(bytes, for: recipient) else { return nil }
        return .memory(share)
    }

    private static func file(
        _ bytes: Int, to recipient: AnswerRoom.Recipient, in room: AnswerRoom
    ) throws -> AnswerPlace {
        let share = try room.onDisk(bytes, for: recipient)
        return .file(try NamelessFile(in: room.folder, as: "answer"), share)
    }
}
