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
