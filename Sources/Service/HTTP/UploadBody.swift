import NIOCore
import Settlement
import Store

/// A batch's body while it comes, unpacked if it is packed: never more of it than the limit, and of a large one only
/// its end in memory, the rest in a file without a name.
///
/// Of one task at a time.
struct UploadBody: ~Copyable {
    /// Bytes that came over the wire so far.
    private(set) var count = 0
    private let intake: Intake
    private let workers: BatchWorkers
    private let encoding: ContentEncoding
    private let packed: (any Unpacking)?
    private var overhead = 0
    /// Bytes that are kept, wherever.
    private var kept = 0
    private var bytes: [UInt8] = []
    private var file: NamelessFile?
    private var room: [UInt8] = []

    /// `announced` is the length that the head says, if it does.
    init(_ encoding: ContentEncoding, announced: Int?, intake: Intake, workers: BatchWorkers) {
        self.intake = intake
        self.workers = workers
        self.encoding = encoding
        packed = encoding.unpacking
        if packed == nil { bytes.reserveCapacity(min(announced ?? 0, Self.mostInMemory)) }
    }

    /// From here on a body goes to the disk.
    static let mostInMemory = BatchWorkers.heavyBytes
    /// The most that any body takes of memory while it comes.
    static let mostBytesInMemory = mostInMemory + stepBytes + ZstdBody.mostOverheadBytes
    private static let stepBytes = 64 << 10

    /// Takes the next piece. Throws `too_large` beyond the limit, and the problems of `Place` and
    /// `encoding_malformed`.
    mutating func append(_ piece: ByteBuffer, in place: inout Place) async throws {
        count += piece.readableBytes
        guard count <= intake.limitBytes else { throw intake.tooLarge }
        guard let packed else {
            try place.hold(piece.readableBytes)
            return try await keep(piece.readableBytesView, in: &place)
        }
        var rest = piece
        if room.isEmpty { room = [UInt8](repeating: 0, count: Self.stepBytes) }
        while true {
            try place.hold(Self.stepBytes)
            let given = try Self.unpacked(encoding) {
                try room.withUnsafeMutableBytes { try packed.step(&rest, into: $0) }
            }
            place.release(Self.stepBytes - given)
            if packed.overheadBytes > overhead {
                try place.hold(packed.overheadBytes - overhead)
                overhead = packed.overheadBytes
            }
            guard given > 0 else { return }
            try await keep(room[..<given], in: &place)
        }
    }

    /// All of it, when there is no more to come.
    consuming func finish() throws -> UploadedBytes {
        if let packed { try Self.unpacked(encoding) { try packed.finish() } }
        return UploadedBytes(count: kept, file: file, end: bytes)
    }

    /// Keeps bytes for which there is room.
    private mutating func keep(_ more: some Collection<UInt8>, in place: inout Place) async throws {
        kept += more.count
        guard kept <= intake.limitBytes else { throw intake.tooLarge }
        bytes.append(contentsOf: more)
        guard bytes.count >= Self.mostInMemory else { return }
        try place.spill(bytes.count)
        let (full, known, folder) = (bytes, file, intake.store.folder)
        bytes = []
        file = try await workers.aside {
            let file = try known ?? NamelessFile(in: folder, as: "upload")
            try file.append(full)
            return file
        }
        place.release(full.count)
    }

    private static func unpacked<Value>(
        _ encoding: ContentEncoding, _ body: () throws -> Value
    ) throws -> Value {
        do { return try body() } catch let fault as UnpackingFault {
            throw Problem.encodingMalformed(fault, encoding)
        }
    }
}

/// A body that is whole.
struct UploadedBytes: Sendable {
    let count: Int
    fileprivate let file: NamelessFile?
    fileprivate let end: [UInt8]

    /// Reads a large one into memory: it blocks.
    func inMemory() throws(Failure) -> [UInt8] {
        guard let file else { return end }
        var bytes = try file.readAll(count - end.count, more: end.count)
        bytes += end
        return bytes
    }
}
