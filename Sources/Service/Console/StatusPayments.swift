import Settlement
import Store

extension StatusReport {
    /// So many entries of the bank, and so many orders, are named one by one.
    private static let mostNamed = 20

    /// What of the bank's side waits for somebody.
    var stuckPayments: [String] {
        Self.first(bankLines) { result in
            let line = result.line
            let number = result.number.map { "\($0)" } ?? ""
            return
                "entry \(number) of the bank, \(line.date), \(currency.text(line.amount)) \(currency.code): "
                + result.reason
        }
            + Self.first(overdueOrders) { order in
                "\(order.reference) of \(order.merchant), \(currency.text(order.amount)) \(currency.code), was due "
                    + "\(order.due): nothing of it is booked"
            }
    }

    /// Drafts to give up orders, which wait for approval.
    var rejectionLines: [String] {
        rejectingRuns.flatMap { run in run.waitingRejections.map { "  " + run.text(of: $0) } }
    }

    private static func first<Value>(_ values: [Value], _ text: (Value) -> String) -> [String] {
        let named = values.prefix(mostNamed).map { "  " + text($0) }
        return values.count > mostNamed ? named + ["  and \(values.count - mostNamed) more"] : named
    }

    /// The same for a program.
    func writePayments(to object: inout CanonicalJSON) {
        if trouble(of: .bank) == nil {
            object.member("bank", array: bankLines) { BankLineTable.write($1, to: &$0) }
        }
        guard trouble(of: .orders) == nil else { return }
        let drafts = rejectingRuns.flatMap { run in run.waitingRejections.map { (run, $0) } }
        object.member("rejections", array: drafts) { json, draft in
            let (run, rejection) = draft
            json.object { object in
                object.member("merchant", run.items[rejection.place].open.merchant.text)
                object.member("reference", run.reference(of: rejection.place).text)
                object.member("draft", rejection.number)
                object.member("drafter", rejection.person.text)
                object.member("reason", rejection.reason)
            }
        }
        object.member("overdue_orders", array: overdueOrders) { json, order in
            json.object { object in
                object.member("merchant", order.merchant.text)
                object.member("reference", order.reference.text)
                object.member("amount", order.amount.minorUnits)
                object.member("due", order.due.description)
            }
        }
    }
}
