import Settlement
public import Store

extension PaymentRun {
    /// A draft to give up an order, for people: what it is of, who made it, and its number.
    public func text(of draft: Rejection) -> String {
        "\(reference(of: draft.place)) of \(items[draft.place].open.merchant): draft \(draft.number) of "
            + "\(draft.person) waits to give it up as rejected, \(draft.reason)"
    }
}
