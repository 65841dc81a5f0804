import Foundation

/// How the C library's allocator treats what a daemon frees.
///
/// By default it keeps large pieces for later once one of them was freed, and a store of its own for every other
/// thread: a daemon that has held one large batch then holds its memory for good.
public enum Allocator {
    /// Gives pieces of a megabyte and more back at once, and lets threads share two stores. Does nothing where the C
    /// library has no such settings.
    public static func giveBack() {
        typealias Setting = @convention(c) (Int32, Int32) -> Int32
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: Setting.self)
        // M_MMAP_THRESHOLD, M_TRIM_THRESHOLD and M_ARENA_MAX of malloc.h.
        _ = set(-3, 1 << 20)
        _ = set(-1, 1 << 20)
        _ = set(-8, 2)
    }
}
