import Foundation
import Testing

@testable import Service

@Suite("Rights of what the daemon makes for others")
struct SpoolRightsTests {
    private func allow(_ wanted: mode_t, to path: String) throws -> Bool {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "open it")
        return SpoolDirectory.allow(wanted, file.number)
    }

    @Test("A folder gets what it lacks, and keeps the setgid bit that its files take their group by")
    func folder() throws {
        let scratch = try Scratch()
        for (before, after) in [(0o2700, 0o2750), (0o700, 0o750), (0o2770, 0o2770), (0o1777, 0o1777)] {
            #expect(chmod(scratch.path, mode_t(before)) == 0)
            #expect(try allow(0o750, to: scratch.path))
            var status = stat()
            #expect(stat(scratch.path, &status) == 0 && status.st_mode & 0o7777 == mode_t(after))
        }
    }

    @Test("Where the system does not let a mode be changed, it says whether the group may do what it should")
    func withheld() throws {
        // Nobody, not even root, changes the mode of what the system itself shows; everybody may read it.
        #expect(try allow(0o440, to: "/proc/self/status"))
        #expect(try !allow(0o660, to: "/proc/self/status"))
    }

    @Test("Rights that are withheld are told once, with the first place")
    func once() {
        let withheld = WithheldRights()
        #expect(withheld.untold() == nil)
        withheld.note("a")
        withheld.note("b")
        #expect(withheld.untold() == "a" && withheld.untold() == nil)
        withheld.note("c")
        #expect(withheld.untold() == nil)
    }
}
