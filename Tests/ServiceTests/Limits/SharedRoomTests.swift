import Testing

@testable import Service

@Suite("Room for answers that many share")
struct SharedRoomTests {
    private static func sender(_ number: UInt32) -> AnswerRoom.Recipient { .sender(.address(number)) }

    /// How many answers of this size find room, one after the other.
    private func taken(_ bytes: Int, by number: UInt32, in room: inout SharedRoom) -> Int {
        var count = 0
        while count < 1_000, room.take(bytes, for: Self.sender(number)) { count += 1 }
        return count
    }

    @Test("One has a quarter of the number, or of the bytes, and a first answer of any size")
    func quarter() {
        for (bytes, most) in [(1, 16), (1_000, 16), (2_000, 8), (9_000, 1), (64_000, 1), (64_001, 0)] {
            var room = SharedRoom(bytes: 64_000, answers: 64)
            let count = taken(bytes, by: 1, in: &room)
            #expect(count == most, "\(bytes)")
        }
    }

    @Test("The last quarter is for those who have little, however many have all that one may have")
    func lastQuarter() {
        // By their number, and by their bytes; who comes late has few small ones, or a first one that is larger.
        for (bytes, answers, each, little) in [(10, 64, 16, 4), (2_000, 10_000, 8, 1)] {
            var room = SharedRoom(bytes: 64_000, answers: answers)
            var counts: [Int] = []
            for number: UInt32 in 1...6 { counts.append(taken(bytes, by: number, in: &room)) }
            #expect(counts == [each, each, each, little, little, little])

            room.giveBack(bytes, of: Self.sender(1))
            room.giveBack(bytes, of: Self.sender(4))
            let again = [1, 4].map { room.take(bytes, for: Self.sender($0)) }
            #expect(again == [false, true])
        }
    }

    @Test("What is given back is there for others, and to the last byte")
    func givenBack() {
        var room = SharedRoom(bytes: 1_000, answers: 8)
        for number: UInt32 in 1...5 {
            let isTaken = room.take(1_000, for: Self.sender(number))
            let isOver = room.take(1, for: Self.sender(number + 1))
            #expect(isTaken && !isOver)
            room.giveBack(1_000, of: Self.sender(number))
            #expect(room.taken.bytes == 0 && room.taken.answers == 0)
        }
    }
}
