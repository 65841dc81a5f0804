/// What a daemon counts beside what its intake does.
struct DaemonMeasures: Sendable {
    let requests = RequestMeasures()
    let closes = CloseMeasures()
    let limits = LimitMeasures()
}
