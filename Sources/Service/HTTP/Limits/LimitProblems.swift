import Hummingbird

/// What a client is told that is asked to slow down. None of them is a verdict on the batch: the same bytes
/// may be sent again.
extension Problem {
    static func rateLimited(perSecond: Int) -> Problem {
        Problem(
            .tooManyRequests, code: "rate_limited", title: "Too many requests from one place",
            detail: "expected at most \(perSecond) a second; nothing was stored, send it again later",
            expected: "at most \(perSecond) a second", found: "more", retryAfter: 1)
    }

    static func tooMany(_ what: String) -> Problem {
        Problem(
            .tooManyRequests, code: "too_many_uploads", title: "Too many uploads from one place",
            detail: "expected at most \(what); nothing was stored, send it again later",
            expected: "at most \(what)", found: "more", retryAfter: 2)
    }

    static func busy(_ why: String) -> Problem {
        Problem(
            .serviceUnavailable, code: "busy", title: "The daemon has too much to do just now",
            detail: "\(why); nothing was stored, send it again later", retryAfter: 2)
    }

    static func notReady(_ reason: String) -> Problem {
        Problem(
            .serviceUnavailable, code: "not_ready", title: "The daemon cannot do all of its work just now",
            detail: reason, retryAfter: 5)
    }

    static let tooSlow = Problem(
        .requestTimeout, code: "too_slow", title: "The body came too slowly",
        detail: "the connection is closed; nothing was stored, send it again over a better one",
        expected: "the body within its time", found: "a part of it")
}
