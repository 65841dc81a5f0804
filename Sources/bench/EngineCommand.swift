import ArgumentParser
import Settlement

/// Settles a workload's members in memory, again and again.
struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Measures the engine alone: a first period's members, nothing read and nothing written.")

    @OptionGroup var options: ShapeOptions
    @Option(help: "How often.") var runs = 5

    func run() throws {
        let shape = options.shape
        let schedule = Schedule(
            alliance: BenchAlliance.alliance(validity: shape.validity), zone: try BenchAlliance.zone())
        let period = schedule.calendar.period(0)
        let members = inputs(of: shape, in: period)
        var movements = 0
        let time = seconds {
            for _ in 0..<runs {
                movements = 0
                for member in members {
                    movements += settle(member, period: period, schedule: schedule).movements.count
                }
            }
        }
        try report([
            "records": members.reduce(0) { $0 + $1.events.count }, "members": members.count,
            "movements": movements, "runs": runs, "seconds": time,
        ])
    }

    /// The members in the order of their first records.
    private func inputs(of shape: Shape, in period: Period) -> [MemberInput] {
        var workload = Workload(shape)
        var inputs: [MemberInput] = []
        var places: [MemberID: Int] = [:]
        var number: Int64 = 0
        while let reported = workload.next() {
            number += 1
            let record = reported.record
            guard record.at < period.end else { continue }
            let place = places[record.member, default: inputs.count]
            if place == inputs.count {
                places[record.member] = place
                inputs.append(MemberInput(member: record.member))
            }
            inputs[place].events.append(
                Event(
                    number: RecordNumber(number), merchant: Workload.merchants[reported.merchant],
                    record: record, effective: record.at, late: false, attempts: 0))
        }
        return inputs
    }
}
