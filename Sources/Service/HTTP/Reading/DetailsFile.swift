import NIOCore
import Settlement
import Store
import Synchronization

/// DETAILS.csv while it is sent: rendered at the disk's pace into a file without a name, so that a reader who takes
/// its time keeps neither memory nor a view of the database, and what is sent is known to be whole.
final class DetailsFile: Sendable {
    private let file: NamelessFile
    let bytes: Int
    /// Kept as long as this is.
    private let place: DetailsPlaces.Place

    /// Throws `too_many_files` or `busy` if too many are being sent or the disk's reserve begins, and what the store
    /// throws. It blocks while it renders.
    init(
        of merchant: MerchantID, period: Int, from store: Store, places: DetailsPlaces, room: AnswerRoom
    ) throws {
        place = try places.take(for: merchant)
        let file = try NamelessFile(in: store.folder, as: "details")
        var bytes = 0
        try store.details(of: merchant, period: period) { piece in
            try room.leaveReserve(piece.count)
            try file.append(piece)
            bytes += piece.count
        }
        self.file = file
        self.bytes = bytes
    }

    /// The next bytes from a place on, few at a time; nothing at the end. It blocks.
    func piece(at offset: Int) throws -> ByteBuffer {
        try file.read(at: offset, most: AnswerBytes.pieceBytes)
    }
}

/// How many DETAILS.csv are being sent: bounded over all, and so that one merchant leaves places to the others.
final class DetailsPlaces: Sendable {
    static let most = 32
    static let mostOfOne = 2

    private let taken = Mutex<[MerchantID: Int]>([:])

    /// Throws `too_many_files` of one merchant's, else `busy`.
    func take(for merchant: MerchantID) throws(Problem) -> Place {
        let problem = taken.withLock { taken -> Problem? in
            let own = taken[merchant, default: 0]
            if own >= Self.mostOfOne { return .tooManyFiles(Self.mostOfOne) }
            if taken.values.reduce(0, +) >= Self.most { return .busy("many files are being fetched") }
            taken[merchant] = own + 1
            return nil
        }
        if let problem { throw problem }
        return Place(places: self, merchant: merchant)
    }

    fileprivate func free(_ merchant: MerchantID) {
        taken.withLock { taken in
            let own = taken[merchant, default: 1]
            taken[merchant] = own > 1 ? own - 1 : nil
        }
    }

    /// Given back when it is let go of.
    final class Place: Sendable {
        private let places: DetailsPlaces
        private let merchant: MerchantID

        fileprivate init(places: DetailsPlaces, merchant: MerchantID) {
            self.places = places
            self.merchant = merchant
        }

        deinit { places.free(merchant) }
    }
}
