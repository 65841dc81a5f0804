#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The size of a large page, to which memory is aligned that shall consist of them.
let largePage = 2 << 20

/// Asks the kernel to make memory of large pages: what is filled once and read at random costs it one fault for 512,
/// and the processor fewer look-ups. A hint; without it everything is only slower.
func preferLargePages(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
    #if os(Linux)
        if byteCount >= largePage { _ = madvise(start, byteCount, MADV_HUGEPAGE) }
    #endif
}

/// Memory that is read and written at random: of large pages where it is large, and never with a line of the cache across
/// two elements that fit one.
final class RandomMemory<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Whoever writes has made sure that nobody else refers to it.
    let all: UnsafeMutableBufferPointer<Element>

    init(repeating element: Element, count: Int) {
        let byteCount = count * MemoryLayout<Element>.stride
        let start = UnsafeMutableRawPointer.allocate(
            byteCount: byteCount, alignment: byteCount >= largePage ? largePage : 64)
        preferLargePages(start, byteCount)
        all = UnsafeMutableBufferPointer(
            start: start.initializeMemory(as: Element.self, repeating: element, count: count), count: count)
    }

    init(copying other: RandomMemory) {
        all = .allocate(capacity: other.all.count)
        _ = all.initialize(fromContentsOf: other.all)
    }

    deinit { all.deallocate() }
}
