import NIOCore

/// Reads what a client of HTTP/2 sends, as far as frames go (RFC 9113 §4.1), and keeps it from choosing how much memory
/// the heads of its answers take: of the table for them (RFC 7541 §2.3.2) that it offers, no more is used than what the
/// protocol begins with. What does not begin as HTTP/2 is passed on as it is.
struct HeaderTableOffers {
    private enum Place {
        /// In what a connection begins with, so many bytes of which were there.
        case preface(Int)
        case head
        /// In a frame, of which so many bytes are to come.
        case settings(Int)
        case other(Int)
        case foreign
    }

    /// What both sides begin with. RFC 9113 §6.5.2.
    static let mostBytes: UInt32 = 4096

    private var place = Place.preface(0)
    /// The beginning of a frame's head or of a setting: at most 8 bytes.
    private var held = ByteBuffer()

    /// What is to be passed on of this piece and of what was held before: in pieces that bring the head of one request
    /// at most.
    mutating func pass(_ piece: ByteBuffer) -> [ByteBuffer] {
        var bytes = held.readableBytes > 0 ? held : piece
        if held.readableBytes > 0 { bytes.writeImmutableBuffer(piece) }
        var (begin, at) = (bytes.readerIndex, bytes.readerIndex)
        var pieces: [ByteBuffer] = []
        while at < bytes.writerIndex {
            let isHead = isHead(bytes, at)
            guard let step = step(&bytes, at) else { break }
            if isHead, at > begin {
                pieces.append(bytes.getSlice(at: begin, length: at - begin) ?? ByteBuffer())
                begin = at
            }
            at += step
        }
        held = bytes.getSlice(at: at, length: bytes.writerIndex - at) ?? ByteBuffer()
        if at > begin { pieces.append(bytes.getSlice(at: begin, length: at - begin) ?? ByteBuffer()) }
        return pieces
    }

    /// Whether a frame begins here that opens a stream, or ends one: HEADERS.
    private func isHead(_ bytes: ByteBuffer, _ at: Int) -> Bool {
        guard case .head = place else { return false }
        return bytes.getInteger(at: at + 3, as: UInt8.self) == 1
    }

    /// How many bytes are understood from here on; nil: what is there is not whole.
    private mutating func step(_ bytes: inout ByteBuffer, _ at: Int) -> Int? {
        let count = bytes.writerIndex - at
        switch place {
        case .preface(let known):
            guard bytes.getInteger(at: at, as: UInt8.self) == Self.preface[known] else {
                place = .foreign
                return count
            }
            place = known + 1 < Self.preface.count ? .preface(known + 1) : .head
            return 1
        case .head:
            guard count >= 9, let first = bytes.getInteger(at: at, as: UInt32.self) else { return nil }
            let (length, isSettings) = (Int(first >> 8), first & 0xFF == 4)
            place = length == 0 ? .head : isSettings ? .settings(length) : .other(length)
            return 9
        case .settings(let rest):
            let size = min(rest, 6)
            guard count >= size else { return nil }
            if size == 6 { Self.lower(&bytes, at) }
            place = rest > size ? .settings(rest - size) : .head
            return size
        case .other(let rest):
            place = rest > count ? .other(rest - count) : .head
            return min(rest, count)
        case .foreign: return count
        }
    }

    /// One setting: SETTINGS_HEADER_TABLE_SIZE is the first.
    private static func lower(_ bytes: inout ByteBuffer, _ at: Int) {
        guard bytes.getInteger(at: at, as: UInt16.self) == 1,
            let value = bytes.getInteger(at: at + 2, as: UInt32.self), value > mostBytes
        else { return }
        bytes.setInteger(mostBytes, at: at + 2)
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
}
