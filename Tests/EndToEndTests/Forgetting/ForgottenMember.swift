import Foundation
import Testing

/// The example's story with a member whose id nothing else looks like: two months closed, the first one's batches in an
/// archive, and a third month of which two merchants have sent something.
struct ForgottenMember {
    static let id = "kf7Qz-4711-Vw"

    let quayside: Quayside
    let archives: URL
    var data: String { quayside.data }

    init() throws {
        quayside = try Quayside()
        archives = quayside.scratch.file("archives")
        try FileManager.default.createDirectory(at: archives, withIntermediateDirectories: false)
        for (month, batches) in Quayside.months { for batch in batches { try rename("\(month)/\(batch)") } }
        do {
            let daemon = try Daemon(data: data)
            for month in Quayside.months.keys.sorted() {
                try quayside.submit(month, to: daemon)
                try expectDone(.settled("close", month, "--data", data))
            }
            #expect(daemon.stop() == 0)
        }
        let archive = archives.appendingPathComponent("march.zst").path
        try expectDone(.settled("retain", "--periods", "1", "--archive", archive, "--data", data))
        let daemon = try Daemon(data: data)
        try submit(earn("B-20", 90), of: "bakery", sequence: 3, totals: #""earn":90"#, to: daemon)
        try submit(earn("K-20", 40), of: "books", sequence: 3, totals: #""earn":40"#, to: daemon)
        #expect(daemon.stop() == 0)
    }

    /// Its id stands where the example has a name.
    private func rename(_ batch: String) throws {
        let text = try String(contentsOf: quayside.scratch.file(batch), encoding: .utf8)
        _ = try quayside.scratch.write(text.replacing(/\bcleo\b/, with: Self.id), to: batch)
    }

    private func earn(_ id: String, _ points: Int) -> String {
        #"{"id":"\#(id)","type":"earn","member":"\#(Self.id)","points":\#(points),"amount":\#(points * 10),"#
            + #""at":"2025-05-06T10:00:00+02:00"}"#
    }

    /// Hands in a batch of one record.
    func submit(
        _ record: String, of merchant: String, sequence: Int, totals: String, to daemon: Daemon
    ) throws {
        let header =
            #"{"format":"settled-batch/1","merchant":"\#(merchant)","batch":"X-\#(sequence)","sequence":\#(sequence),"#
            + #""records":1,"totals":{\#(totals)}}"#
        let name = "\(merchant)-\(sequence).ndjson"
        let file = try quayside.scratch.write(header + "\n" + record + "\n", to: name)
        try expectDone(
            .settled(
                "submit", file, "--url", daemon.url, "--key",
                quayside.scratch.file("data/keys/batch_\(merchant)_1.key").path, "--seal-key",
                quayside.scratch.file("data/keys/seal.jwks").path))
    }

    // MARK: A copy, and what is done with it

    /// A copy of the data and its archives in another folder.
    func copy(to scratch: Scratch) throws -> (data: String, archives: String) {
        for (from, to) in [(data, "data"), (archives.path, "archives")] {
            try FileManager.default.copyItem(atPath: from, toPath: scratch.file(to).path)
        }
        return (scratch.file("data").path, scratch.file("archives").path)
    }

    static func forget(_ data: String, _ archives: String, _ more: String...) -> Command {
        Command(
            Command.settledPath,
            [
                "member", "forget", id, "--by", "ana", "--reason", "asked by letter", "--data", data,
                "--archives", archives,
            ]
                + more)
    }

    /// Files of a folder and below in which the id stands.
    static func files(in folder: String) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        #expect(!names.isEmpty)
        return try names.filter { name in
            var isFolder: ObjCBool = false
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else {
                return false
            }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(id.utf8)) != nil
        }
    }

    /// All that can be said against a data folder and its archives is not said.
    static func expectWell(_ data: String, _ archives: String) throws {
        let rederived = try Command.settled("rederive", "--data", data, "--archives", archives).run()
        #expect(rederived.status == 0 && rederived.lastLine == "all is as it was derived", "\(rederived)")
        let doctor = try Command.settled(
            "doctor", "--full", "--archives", archives, "--data", data, "--no-config"
        ).run()
        #expect(doctor.status == 0, "\(doctor)")
    }
}
