import Fixtures
import Settlement
import Testing

/// csv-spectrum, csvlint and rvl beside this clone, with what is expected of each file.
@Suite("CSV corpora", .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
struct CSVCorpusTests {
    private static let folder = "data/vectors"

    private struct Expectation {
        let file: String
        let answer: String
        /// Of a refusal, where the corpus names one.
        let line: Int?
    }

    private func expectations() throws -> [Expectation] {
        let text = String(decoding: try SharedFolder.bytes("\(Self.folder)/csv-expected.tsv"), as: UTF8.self)
        return text.split(separator: "\n").dropFirst().map { row in
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            let line = cells.count > 2 ? cells[2].firstMatch(of: /^line ([0-9]+):/) : nil
            return Expectation(
                file: String(cells[0]), answer: String(cells[1]), line: line.flatMap { Int($0.1) })
        }
    }

    private func refusal(_ file: String) throws -> CSVRefusal? {
        let bytes = try SharedFolder.bytes("\(Self.folder)/\(file)")
        do throws(CSVRefusal) {
            _ = try CSVTable(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("All 66 files get the answer that is expected, refusals on the line that is named")
    func answers() throws {
        var counts: [String: Int] = [:]
        var lines = 0
        for expectation in try expectations() {
            counts[expectation.answer, default: 0] += 1
            let refusal = try refusal(expectation.file)
            // Where either will do, we accept: a byte order mark is passed over, line ends may be mixed.
            #expect(
                (refusal != nil) == (expectation.answer == "refuse"),
                "\(expectation.file): \(String(describing: refusal))")
            if let line = expectation.line, let refusal {
                #expect(refusal.line == line, "\(expectation.file): \(refusal.reason)")
                lines += 1
            }
        }
        #expect(counts == ["accept": 35, "refuse": 26, "either": 5])
        #expect(lines == 19)
    }

    @Test("A byte order mark never stays in the first cell")
    func mark() throws {
        for file in ["rvl/utf8_bom.csv", "rvl/bom_no_trailing_newline.csv"] {
            let bytes = try SharedFolder.bytes("\(Self.folder)/\(file)")
            #expect(Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
            let first = try CSVTable(parsing: bytes).rows[0].cells[0]
            #expect(first.utf8.allSatisfy { $0 < 0x80 } && !first.isEmpty)
        }
    }

    @Test("The 11 files of csv-spectrum have exactly the cells of their JSON")
    func spectrum() throws {
        let names = try SharedFolder.names(in: "\(Self.folder)/csv-spectrum/csvs")
        #expect(names.count == 11)
        for name in names {
            let table = try CSVTable(parsing: SharedFolder.bytes("\(Self.folder)/csv-spectrum/csvs/\(name)"))
            let json = try JSONValue(
                parsing: SharedFolder.bytes(
                    "\(Self.folder)/csv-spectrum/json/" + name.replacing(".csv", with: ".json")))
            let objects = try #require(json.array)
            #expect(table.rows.count == objects.count + 1, "\(name)")
            for (row, object) in zip(table.rows.dropFirst(), objects) {
                #expect(object.names == table.rows[0].cells, "\(name)")
                let wanted = table.rows[0].cells.map { object[$0]?.string }
                #expect(row.cells.map { Array($0.utf8) } == wanted.map { Array(($0 ?? "").utf8) }, "\(name)")
            }
        }
    }
}
