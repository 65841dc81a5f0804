import Foundation

/// What the system may keep of this process's memory when it crashes.
enum CoreDumps {
    /// No more core is written from now on, neither to a file nor to a program that collects them, and other processes
    /// of the same account cannot look into the memory: with it would go the secret.
    static func forbid() {
        #if os(Linux)
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // The system does not heed the limit where cores go to a program. prctl(2) takes a varying number of
            // arguments, which Swift does not call by name.
            typealias Control =
                @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
            guard let symbol = dlsym(nil, "prctl") else { return }
            let control = unsafeBitCast(symbol, to: Control.self)
            _ = control(setDumpable, 0, 0, 0, 0)
        #else
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(RLIMIT_CORE, &none)
        #endif
    }

    /// PR_SET_DUMPABLE of prctl.h.
    private static let setDumpable: CInt = 4
}
