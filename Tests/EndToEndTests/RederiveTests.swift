import Fixtures
import Foundation
import Testing

/// `settled rederive` as it is called.
@Suite("Rederive")
struct RederiveTests {
    @Test(
        "X5's year comes out again byte for byte, every signature checked",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try expectDone(
            Command.settled(
                "simulate", "--alliance", SharedFolder.file("data/x5/alliance-year.yaml").path, "--records",
                SharedFolder.file("data/x5/records.csv").path, "--through", "2019-03", "--out",
                scratch.file("out").path, "--keep", data))
        let ran = try expectDone(Command.settled("rederive", "--data", data))
        #expect(ran.output.contains("compared: 2018-11 to 2019-03, 1300 statements, "), "\(ran.output)")
        #expect(ran.lastLine == "all is as it was derived")
        #expect(ran.errors.hasPrefix("2018-11: as derived\n"), "\(ran.errors)")
        // On another machine, with neither the secret nor a right to write.
        try FileManager.default.removeItem(atPath: data + "/master.secret")
        try expectDone(Command.named("chmod", ["-R", "a=rX", scratch.folder.path]))
        let json = try expectDone(
            Command.settled(
                "rederive", "--data", data, "--through", "2018-12", "--json", "--scratch",
                FileManager.default.temporaryDirectory.path))
        #expect(json.output.hasPrefix(#"{"good":true,"periods":["2018-11","2018-12"],"#), "\(json.output)")
        try expectDone(Command.named("chmod", ["-R", "u+w", scratch.folder.path]))
    }

    @Test("What differs is told with exit code 1, and a folder that holds no alliance with 2")
    func wrong() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let alliance = """
            id: small
            name: Small
            currency: EUR
            timezone: Europe/Berlin
            period: month
            start: 2026-01-01
            merchants:
              - id: M
                name: Merchant M
                terms:
                  - {from: 2026-01-01, funding: issue, issue_price: '0.01', redeem_price: '0.01'}
            """
        let records = "merchant,id,type,member,points,at\nM,a,earn,x,100,2026-01-05T10:00:00+01:00\n"
        try expectDone(
            Command.settled(
                "simulate", "--alliance", try scratch.write(alliance, to: "alliance.yaml"), "--records",
                try scratch.write(records, to: "records.csv"), "--through", "2026-02", "--out",
                scratch.file("out").path, "--keep", data))
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute("UPDATE statements SET points = 99 WHERE period = 0")
            db.commit()
            """
        try expectDone(Command.named("python3", ["-c", script, data + "/settled.sqlite"]))
        let ran = try Command.settled("rederive", "--data", data).run()
        #expect(ran.status == 1, "\(ran.errors)")
        #expect(
            ran.output.hasPrefix(
                "statement of M for 2026-01: `points` is not what comes of the history\n"
                    + "  derived: 100\n  stored:  99\n"), "\(ran.output)")
        #expect(try Command.settled("rederive", "--data", scratch.file("none").path).run().status == 2)
        #expect(try Command.settled("rederive", "--data", data, "--from", "2027-01").run().status == 2)
    }
}
