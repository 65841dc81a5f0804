import Foundation
import Service
import Settlement
import Store
import Testing

@Suite("Files of the bank")
struct BankImportReportTests {
    @Test("One that is larger than any statement is refused with its code, and not read to its end")
    func large() throws {
        let (estate, scratch) = (try Estate(), try Scratch())
        let path = scratch.file("statement.xml")
        #expect(FileManager.default.createFile(atPath: path, contents: Data("<a>".utf8)))
        // More than is read of any file, and nothing but a hole.
        #expect(truncate(path, 1 << 31) == 0)
        let failure = #expect(throws: Failure.self) {
            try BankImportReport(
                importing: path, in: estate.open.store, by: Person(PersonName("ana")!), at: Estate.received,
                draft: false, accept: false, trial: false)
        }
        #expect(failure?.kind == .refused && failure?.place == path)
        #expect(failure?.problem.hasPrefix("statement_too_large: ") == true, "\(failure as Any)")
    }
}
