import Foundation

/// How many files, sockets among them, this process may have open.
public enum OpenFiles {
    /// Lets the process have as many as the system allows it: what it is given at first is often few, for the sake of
    /// programs that know no better. Gives how many it may have now.
    public static func raise() -> Int {
        guard var limit else { return .max }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(kind, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many it may have; nil where that cannot be told.
    static var most: Int? { limit.map { Int(clamping: $0.rlim_cur) } }

    private static var limit: rlimit? {
        var limit = rlimit()
        return getrlimit(kind, &limit) == 0 ? limit : nil
    }

    #if os(Linux)
        private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let kind = RLIMIT_NOFILE
    #endif
}

extension ServerLimits {
    /// Files that the daemon may have open when all that the limits allow is under way: a socket for each connection, a
    /// file for each upload and for each long answer, to readers and to batches, and what database, spool and watches
    /// need.
    public var mostOpenFiles: Int {
        connections + Connections.spare + uploads + 2 * AnswerRoom.mostFiles + DetailsPlaces.most + 128
    }
}
