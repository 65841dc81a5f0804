import Settlement
public import Store

/// Deliveries, for people and for programs.
public struct DeliveryListing: Sendable {
    private let deliveries: [Delivery]
    private let calendar: PeriodCalendar

    public init(_ deliveries: [Delivery], in store: Store) throws {
        self.deliveries = deliveries
        calendar = try store.schedule().calendar
    }

    /// Aligned columns, by number.
    public var text: String {
        var table = TextTable(
            .right("delivery"), .left("to"), .left("by"), .left("what"), .left("since"), .left("state"),
            .right("attempts"), .left("next"), .left("last answer"))
        for delivery in deliveries {
            table.add(
                "\(delivery.number)", delivery.lane.owner, delivery.lane.channel.rawValue,
                delivery.news.inWords(calendar), Self.time(delivery.created), delivery.state.rawValue,
                "\(delivery.attempts)",
                delivery.state == .waiting ? delivery.due.map(Self.time) ?? "" : "", delivery.answer ?? "")
        }
        return deliveries.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
    }

    /// One JSON object a line; what is absent is left out.
    public var json: String {
        deliveries.map { delivery in
            var json = CanonicalJSON()
            json.object { object in
                object.member("delivery", delivery.number)
                object.member("id", NewsMessage.id(of: delivery))
                object.member("to", delivery.lane.owner)
                object.member("by", delivery.lane.channel.rawValue)
                object.member("type", NewsMessage.type(of: delivery.news))
                object.member("what", delivery.news.inWords(calendar))
                object.member("created", delivery.created.description)
                object.member("state", delivery.state.rawValue)
                object.member("attempts", Int64(delivery.attempts))
                if delivery.state == .waiting { object.member("next", ifPresent: delivery.due?.description) }
                object.member("tried", ifPresent: delivery.tried?.description)
                object.member("answer", ifPresent: delivery.answer)
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }

    private static func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: 0, milliseconds: false)
    }
}

extension News {
    func inWords(_ calendar: PeriodCalendar) -> String {
        func id(_ period: Int) -> String { calendar.period(period).id }
        return switch self {
        case .statement(let period): "statement of \(id(period))"
        case .closing(let period): "closing of \(id(period))"
        case .receipt(let number): "receipt of the daemon's batch \(number)"
        case .disputeAnswered(let number): "answer to dispute \(number)"
        case .sequencesMissing(let period): "missing sequences of \(id(period))"
        case .exposure(let merchant, let period): "exposure of \(merchant) after \(id(period))"
        }
    }
}
