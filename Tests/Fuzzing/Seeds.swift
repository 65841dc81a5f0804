import Fixtures
import Foundation
import Settlement
import Signing

/// Inputs to start from: samples of our own, what lies in the repository and, where it is beside it, the reference
/// data. Nothing of these is kept twice.
enum Seeds {
    static func ndjson() throws -> [[UInt8]] {
        let samples = [Sample.batch, Sample.operatorBatch, Sample.batch.replacing("\n", with: "\r\n")]
        return try samples.map { Array($0.utf8) } + fixtures() + batches(ending: ".ndjson") + suiteLines()
    }

    static func csv() throws -> [[UInt8]] {
        let converted = try ndjson().compactMap { bytes -> [UInt8]? in
            var written: [UInt8] = []
            let conversion = BatchConversion(from: .ndjson, to: .csv)
            do { try conversion.run(bytes) { written += $0 } } catch { return nil }
            return written
        }
        let marked = converted.prefix(2).map { [0xEF, 0xBB, 0xBF] + $0 }
        return try converted + marked + [Array(quoted.utf8)] + batches(ending: ".csv") + tables()
    }

    static func alliances() throws -> [[UInt8]] {
        var files = try ["Deploy/example/alliance.yaml", "Tests/Fixtures/Refusals/alliance.yaml"].map {
            try bytes(of: SharedFolder.repository.appendingPathComponent($0))
        }
        files.append(Array(Sample.text.utf8))
        guard SharedFolder.isWanted else { return files }
        for name in try SharedFolder.names(in: "acceptance/cases") where !name.hasSuffix(".md") {
            files.append(try SharedFolder.bytes("acceptance/cases/\(name)/alliance.yaml"))
        }
        let folder = "data/vectors/yaml-test-suite/invalid"
        for name in try below(folder) { files.append(try SharedFolder.bytes("\(folder)/\(name)")) }
        return files.filter { $0.count <= FuzzTarget.alliance.longestBytes }
    }

    private static let quoted = """
        "settled-batch/1","merchant=M",batch=q-1,sequence=1,"records=1","totals.earn=5",strict=true,,
        "id","type","member","points","at","store"
        "a""b",earn,"m
        x",5,"2026-01-10T10:00:00Z",""

        """
}

/// What lies in the repository.
extension Seeds {
    private static func fixtures() throws -> [[UInt8]] {
        let folder = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/Refusals")
        var batches: [[UInt8]] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".txt") {
            let text = String(decoding: try bytes(of: folder.appendingPathComponent(name)), as: UTF8.self)
            for part in text.components(separatedBy: "\n\n") {
                let lines = part.split(separator: "\n").filter { $0.hasPrefix("{") }
                if !lines.isEmpty { batches.append(Array(lines.map { $0 + "\n" }.joined().utf8)) }
            }
        }
        return batches
    }

    private static func batches(ending end: String) throws -> [[UInt8]] {
        let folder = SharedFolder.repository.appendingPathComponent("Deploy/example")
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(end) }.map { try bytes(of: folder.appendingPathComponent($0)) }
    }

    static func bytes(of file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
}

/// What lies in the reference data.
extension Seeds {
    private static let headerLine = Array(
        #"{"format":"settled-batch/1","merchant":"M","batch":"b","sequence":1,"records":1,"totals":{"earn":1}}"#
            .utf8)

    /// Texts of JSON as the second line of a batch, and as the value of a member.
    private static func suiteLines() throws -> [[UInt8]] {
        let start = Array("\n{\"id\":\"a\",\"type\":\"earn\",\"member\":\"m\",\"points\":1,\"at\":".utf8)
        let lineEnd: [UInt8] = [0x0A]
        let end = Array("}\n".utf8)
        var batches: [[UInt8]] = []
        for text in try texts(in: "data/vectors/json-test-suite", upTo: 300) {
            batches.append([headerLine, lineEnd, text].flatMap { $0 })
            batches.append([headerLine, start, text, end].flatMap { $0 })
        }
        return batches
    }

    /// Tables as they are, and as the records of a batch.
    private static func tables() throws -> [[UInt8]] {
        let header = Array("settled-batch/1,merchant=M,batch=b,sequence=1,records=1,totals.earn=1\n".utf8)
        let columns = Array("id,type,member,points,at\n".utf8)
        var batches: [[UInt8]] = []
        for folder in ["csv-spectrum/csvs", "csvlint", "rvl"] {
            for text in try texts(in: "data/vectors/\(folder)", upTo: 1000) {
                batches.append(text)
                batches.append(header + text)
                batches.append([header, columns, text].flatMap { $0 })
            }
        }
        return batches
    }

    private static func texts(in folder: String, upTo bytes: Int) throws -> [[UInt8]] {
        guard SharedFolder.isWanted else { return [] }
        return try below(folder).map { try SharedFolder.bytes("\(folder)/\($0)") }.filter {
            $0.count <= bytes
        }
    }

    /// The files below a folder of the reference data, sorted.
    private static func below(_ folder: String) throws -> [String] {
        let place = SharedFolder.file(folder)
        return try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted().filter { name in
            let path = place.appendingPathComponent(name).path
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
