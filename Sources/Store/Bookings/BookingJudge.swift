import GRDB
import Settlement

/// Holds bookings against what is stored and in force, before any of them is taken.
struct BookingJudge {
    enum Purpose { case book, draft, approve }

    /// What becomes of a booking that nothing speaks against.
    enum Verdict {
        /// It belongs to the period of this ordinal.
        case new(period: Int)
        case standing(StoredBooking)
        case waiting(StoredDraft)
    }

    private struct Objection: Error {
        let code: BookingRefusal.Code
        let reason: String

        init(_ code: BookingRefusal.Code, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    private struct Name: Hashable {
        let merchant: MerchantID
        let reference: BookingReference
    }

    /// 2000-01-01 … 2099-12-31, as records have it (rulebook §1), in days since 1970-01-01.
    private static let days = 10_957...47_481

    private let inForce: InForce
    private let purpose: Purpose
    private let bookings: BookingRows
    private let drafts: DraftRows
    /// The earliest period that takes what comes.
    private let earliest: Int

    init(_ database: Database, _ inForce: InForce, for purpose: Purpose) throws {
        self.inForce = inForce
        self.purpose = purpose
        bookings = BookingRows(database, inForce.roster)
        drafts = DraftRows(database, inForce.roster)
        earliest = try PeriodRows(database).earliestTaking()
    }

    /// A verdict of each, in their order; throws `BookingsRefused` with all that speaks against any.
    func judge(_ list: [Booking]) throws -> [Verdict] {
        var (seen, undone): (Set<Name>, Set<Name>) = ([], [])
        var verdicts: [Verdict] = []
        var refusals: [BookingRefusal] = []
        for (position, booking) in list.enumerated() {
            do {
                guard seen.insert(Name(merchant: booking.merchant, reference: booking.reference)).inserted
                else { throw Objection(.referenceReused, "the reference stands twice in the list") }
                verdicts.append(try judge(booking))
                if let undoes = booking.undoes,
                    !undone.insert(Name(merchant: booking.merchant, reference: undoes)).inserted
                {
                    throw Objection(.alreadyUndone, "another one in the list undoes \(undoes) too")
                }
            } catch let objection as Objection {
                refusals.append(
                    BookingRefusal(
                        code: objection.code, position: position, merchant: booking.merchant,
                        reference: booking.reference, reason: objection.reason))
            }
        }
        guard refusals.isEmpty else { throw BookingsRefused(refusals: refusals) }
        return verdicts
    }

    private func judge(_ booking: Booking) throws -> Verdict {
        guard inForce.roster.number(of: booking.merchant) != nil,
            let begin = inForce.schedule.termsBegin(of: booking.merchant)
        else { throw Objection(.merchantUnknown, "the alliance has no such merchant") }
        let magnitude = booking.amount.minorUnits.magnitude
        guard magnitude != 0, magnitude <= Money.maximum.magnitude else {
            throw Objection(.amountOutOfBounds, "expected 1 … 10^15 minor units either way")
        }
        guard Self.days.contains(booking.date.dayNumber) else {
            throw Objection(.dateOutOfBounds, "expected a date of 2000-01-01 … 2099-12-31")
        }
        guard PrintableText.accepts(booking.reason, bytes: 1...200),
            booking.reason.contains(where: { $0.isLetter || $0.isNumber })
        else {
            throw Objection(
                .reasonMalformed,
                "expected a reason of 1 … 200 bytes of printable text with a letter or a digit")
        }
        if let known = try known(booking) { return known }
        try judgeUndoing(booking)
        let calendar = inForce.schedule.calendar
        let ordinal = calendar.place(of: booking.date, earliest: earliest).period
        guard begin < calendar.period(ordinal).end else {
            throw Objection(
                .noTerms, "dated \(booking.date), its period ends before the merchant's terms begin")
        }
        return .new(period: ordinal)
    }

    /// The same again is told from another one of the same reference.
    private func known(_ booking: Booking) throws -> Verdict? {
        if let standing = try bookings.find(booking.merchant, booking.reference) {
            guard standing.booking == booking else {
                throw Objection(.referenceReused, "it is taken by \(Self.text(standing.booking))")
            }
            return .standing(standing)
        }
        guard purpose != .approve, let waiting = try drafts.waiting(booking.merchant, booking.reference)
        else { return nil }
        guard purpose == .draft else {
            throw Objection(
                .draftWaiting, "a draft of it waits, \(Self.text(waiting.booking)): approve or withdraw that")
        }
        guard waiting.booking == booking else {
            throw Objection(.referenceReused, "it is taken by a draft, \(Self.text(waiting.booking))")
        }
        return .waiting(waiting)
    }

    private func judgeUndoing(_ booking: Booking) throws {
        guard let undoes = booking.undoes else { return }
        guard let original = try bookings.find(booking.merchant, undoes) else {
            throw Objection(.undoUnknown, "the merchant has no booking \(undoes)")
        }
        guard original.booking.undoes == nil else {
            throw Objection(
                .undoOfUndo,
                "\(undoes) takes a booking back itself: book that one again under a new reference")
        }
        guard original.booking.kind == booking.kind,
            original.booking.amount.minorUnits == -booking.amount.minorUnits
        else {
            throw Objection(
                .undoMismatch, "it is no opposite of \(undoes), \(Self.text(original.booking))")
        }
        guard booking.date >= original.booking.date else {
            throw Objection(.undoTooEarly, "\(undoes) is dated \(original.booking.date), later than this")
        }
        if let other = original.undoneBy {
            throw Objection(.alreadyUndone, "\(other) undid \(undoes)")
        }
        guard purpose != .approve, let waiting = try drafts.waiting(toUndo: undoes, of: booking.merchant)
        else { return }
        throw Objection(.alreadyUndone, "the draft \(waiting.booking.reference) waits to undo \(undoes)")
    }

    private static func text(_ booking: Booking) -> String {
        "the \(booking.kind.rawValue) of \(booking.amount.minorUnits) minor units dated \(booking.date)"
            + (booking.undoes.map { " that undoes \($0)" } ?? "") + " for: \(booking.reason)"
    }
}
