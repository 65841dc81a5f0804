#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import Settlement

/// Sorted runs in a file that loses its name as soon as it is made: a process that dies leaves nothing behind.
final class SpillFile {
    private static let piece = 1 << 20

    private let descriptor: Int32
    private let folder: String
    private var ranges: [Range<Int>] = []
    private var end = 0

    init(folder: String) throws(StoreTrouble) {
        self.folder = folder
        var template = Array((folder + "/closing-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.trouble("make a file to sort in", folder) }
        unlink(template)
    }

    deinit { close(descriptor) }

    /// Writes sorted runs as one, its records as `RecordStretch` says.
    func append(_ runs: [any SortedRun]) throws {
        let begin = end
        var buffer: [UInt8] = []
        buffer.reserveCapacity(Self.piece + RecordStretch.mostBytes)
        while let run = leastRun(of: runs), let head = run.head {
            buffer.append(record: head)
            if buffer.count >= Self.piece { try flush(&buffer) }
            try run.advance()
        }
        try flush(&buffer)
        ranges.append(begin..<end)
    }

    /// The runs, in the order in which they were written.
    func runs() throws -> [any SortedRun] { try ranges.map { try FileRun(self, $0) } }

    /// Reads at a place of the file; gives how many bytes came.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreTrouble) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.trouble("read what was sorted", folder) }
        }
    }

    private func flush(_ buffer: inout [UInt8]) throws(StoreTrouble) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                pwrite(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                    off_t(end + written))
            }
            guard count >= 0 || errno == EINTR else { throw Self.trouble("write what was sorted", folder) }
            written += max(count, 0)
        }
        end += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    private static func trouble(_ attempt: String, _ folder: String) -> StoreTrouble {
        StoreTrouble(
            "\(attempt) in \(folder)", because: String(cString: strerror(errno)),
            hint: "a close needs room there for the records of its period")
    }
}

/// A run in a file, read ahead by pieces.
final class FileRun: SortedRun {
    private static let piece = 256 << 10

    private let file: SpillFile
    private var next: Int
    private let end: Int
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 8)
    /// What is read and not used yet.
    private var filled = 0..<0
    private(set) var head: UnsafeRawBufferPointer?

    init(_ file: SpillFile, _ range: Range<Int>) throws {
        self.file = file
        next = range.lowerBound
        end = range.upperBound
        try advance()
    }

    deinit { buffer.deallocate() }

    func advance() throws {
        head = nil
        if filled.count < RecordStretch.mostBytes, next < end { try refill() }
        guard !filled.isEmpty else { return }
        let record = RecordStretch.first(of: UnsafeRawBufferPointer(buffer), at: filled.lowerBound)
        precondition(record.upperBound <= filled.upperBound, "a run ends where its last record does")
        head = UnsafeRawBufferPointer(rebasing: buffer[record.dropFirst(RecordStretch.lengthBytes)])
        filled = record.upperBound..<filled.upperBound
    }

    func takeAll(of member: UnsafeRawBufferPointer, into bytes: inout [UInt8]) throws -> Bool {
        var hasReversals = false
        while let head, compare(EventPacking.member(of: head), member) == 0 {
            hasReversals = hasReversals || EventPacking.type(of: head).reverses != nil
            bytes.append(record: head)
            try advance()
        }
        return hasReversals
    }

    private func refill() throws {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[filled])
        if let base = buffer.baseAddress, let from = rest.baseAddress { memmove(base, from, rest.count) }
        filled = 0..<rest.count
        while filled.count < buffer.count, next < end {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: buffer[filled.upperBound..<min(buffer.count, filled.upperBound + end - next)])
            let count = try file.read(at: next, into: room)
            precondition(count > 0, "a run is as long as it was written")
            next += count
            filled = 0..<(filled.upperBound + count)
        }
    }
}

extension [UInt8] {
    /// Appends a packed record behind its length, as `RecordStretch` says.
    fileprivate mutating func append(record: UnsafeRawBufferPointer) {
        append(UInt8(truncatingIfNeeded: record.count))
        append(UInt8(truncatingIfNeeded: record.count >> 8))
        append(contentsOf: record)
    }
}
