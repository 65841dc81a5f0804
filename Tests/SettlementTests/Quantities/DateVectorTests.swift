import Fixtures
import Foundation
import Settlement
import Testing

/// `date-time` and `date` of the JSON Schema Test Suite.
@Suite(.enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct DateVectorTests {
    private struct Vector {
        let text: String
        let isValid: Bool
    }

    /// The cases whose data is a string: what is no string never comes to these readers.
    private func vectors(_ name: String) throws -> [Vector] {
        let data = try Data(contentsOf: SharedFolder.file("data/vectors/json-schema-test-suite/\(name)"))
        let groups = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        return try groups.flatMap { try #require($0["tests"] as? [[String: Any]]) }.compactMap { test in
            guard let text = test["data"] as? String else { return nil }
            return Vector(text: text, isValid: try #require(test["valid"] as? Bool))
        }
    }

    @Test("Date-times are read and refused as the public vectors say, leap seconds apart")
    func dateTimes() throws {
        let vectors = try vectors("date-time.json")
        #expect(vectors.count == 27)
        var leapSeconds = 0
        for vector in vectors {
            // A leap second is malformed for us (rulebook §1).
            let isLeapSecond = vector.isValid && vector.text.contains(":60")
            leapSeconds += isLeapSecond ? 1 : 0
            let instant = Instant(rfc3339: vector.text)
            #expect((instant != nil) == (vector.isValid && !isLeapSecond), "\(vector.text.debugDescription)")
            guard let instant else { continue }
            #expect(!instant.isWithinBounds, "\(vector.text) lies before 2000")
            // The same a hundred years later lies within the bounds.
            let later = try #require(
                Instant(rfc3339: vector.text.replacing("19", with: "20", maxReplacements: 1)))
            #expect(later.isWithinBounds, "\(vector.text) a hundred years later")
        }
        #expect(leapSeconds == 2)
    }

    @Test("Dates are read and refused as the public vectors say, and print as they were")
    func dates() throws {
        let vectors = try vectors("date.json")
        #expect(vectors.count == 75)
        for vector in vectors {
            let date = LocalDate(vector.text)
            #expect((date != nil) == vector.isValid, "\(vector.text.debugDescription)")
            if let date { #expect(date.description == vector.text) }
        }
    }
}
