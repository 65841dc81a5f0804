import Foundation
import Service
import Settlement
import Testing

@Suite("What a simulation writes")
struct SimulationOutputTests {
    @Test("A merchant may be called as the closing's files are: both are there")
    func closingMerchant() throws {
        let scratch = try Scratch()
        let ids = ["CLOSING.json", "CLOSING.json.jws"]
        let alliance = try scratch.write(
            Estate.alliance.replacing("id: M\n", with: "id: \(ids[0])\n").replacing(
                "id: N\n", with: "id: \(ids[1])\n"), to: "alliance.yaml")
        let rows = ids.map { "\($0),A,earn,m,10,2026-01-05T00:00:00Z\n" }.joined()
        let records = try scratch.write("merchant,id,type,member,points,at\n" + rows, to: "records.csv")
        let simulation = Simulation(
            alliance: alliance, records: records, bookings: nil, through: "2026-01",
            output: scratch.file("out"), secret: Simulation.publicSecret, keep: nil)
        _ = try simulation.run(progress: .silent)
        let closing = try members(WholeFile.read(scratch.file("out/2026-01/CLOSING.json")))
        #expect(closing["format"] as? String == "settled-closing/1")
        for id in ids {
            let statement = try members(WholeFile.read(scratch.file("out/2026-01/\(id)~/STATEMENT.json")))
            #expect(statement["merchant"] as? String == id)
        }
    }

    @Test("A run after one that was cut short leaves the files that a first one would")
    func again() throws {
        let scratch = try Scratch()
        let alliance = try scratch.write(Estate.alliance, to: "alliance.yaml")
        let records = try scratch.write(
            "merchant,id,type,member,points,at\nM,A,earn,m,10,2026-01-05T00:00:00Z\n", to: "records.csv")
        let simulation = Simulation(
            alliance: alliance, records: records, bookings: nil, through: "2026-01",
            output: scratch.file("out"), secret: Simulation.publicSecret, keep: nil)
        _ = try simulation.run(progress: .silent)
        let folder = scratch.file("out/2026-01/M")
        let details = try WholeFile.read(folder + "/DETAILS.csv")
        #expect(String(decoding: details, as: UTF8.self).split(separator: "\n").count == 3)
        // Cut short before its closing: the folder stays.
        try FileManager.default.removeItem(atPath: scratch.file("out/2026-01/CLOSING.json"))
        try Data("row,".utf8).write(to: URL(fileURLWithPath: folder + "/.DETAILS.csv.part"))
        _ = try simulation.run(progress: .silent)
        #expect(try WholeFile.read(folder + "/DETAILS.csv") == details)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                "DETAILS.csv", "STATEMENT.json", "STATEMENT.json.jws", "STATEMENT.json.seal",
            ])
    }
}
