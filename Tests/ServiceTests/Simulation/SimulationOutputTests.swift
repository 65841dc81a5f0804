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
}
