import Testing

/// What pure code has no word for: the outside world, time, chance, waiting, SQL, binary floating point.
private let forbidden: [(what: String, words: Set<String>)] = [
    ("Foundation", ["Foundation", "FoundationEssentials"]),
    ("the C library", ["Glibc", "Musl", "Darwin", "Dispatch"]),
    ("a file", ["FileManager", "FileHandle", "FilePath", "fopen", "fread", "fwrite", "mmap", "readLine"]),
    ("a socket", ["URL", "URLSession", "URLRequest", "socket", "NIOCore", "NIOPosix"]),
    (
        "a clock",
        ["Date", "Clock", "ContinuousClock", "SuspendingClock", "clock_*", "gettimeofday", "localtime*"]
    ),
    ("the environment", ["ProcessInfo", "getenv", "setenv", "CommandLine"]),
    (
        "randomness",
        [
            "random", "randomElement", "shuffle", "shuffled", "SystemRandomNumberGenerator", "RAND_*",
            "arc4random*",
        ]
    ),
    ("a logger", ["print", "debugPrint", "Logger", "NSLog"]),
    ("waiting", ["async", "await", "Task", "TaskGroup", "actor", "Thread", "sleep", "usleep"]),
    ("SQL", ["SELECT", "INSERT", "UPDATE", "DELETE", "GRDB", "sqlite3*"]),
    ("binary floating point", ["Double", "Float", "Float16", "Float80", "CGFloat"]),
]

@Suite("The purity of the core")
struct PurityTests {
    @Test("Signing and Settlement name nothing of the outside world", arguments: ["Signing", "Settlement"])
    func purity(target: String) {
        let files = SourceFile.swift(in: "Sources/\(target)")
        #expect(files.count > 3, "Sources/\(target) holds too few files to be the real one")
        for file in files {
            for (what, words) in forbidden {
                let found = file.uses(of: words)
                #expect(found.isEmpty, "\(what) in a pure target:\n\(found.joined(separator: "\n"))")
            }
        }
    }

    @Test("The rule finds what it forbids, and only in code")
    func ruleBites() {
        let impure = SourceFile(path: "x.swift", text: "let now = Date()\nlet dice = Int.random(in: 1...6)")
        let pure = SourceFile(
            path: "x.swift", text: "// the Date of a random Task\nlet text = \"async Date()\"")
        func broken(_ file: SourceFile) -> [String] {
            forbidden.filter { !file.uses(of: $0.words).isEmpty }.map(\.what)
        }
        #expect(broken(impure) == ["a clock", "randomness"])
        #expect(broken(pure) == [])
    }

    @Test("SQL is written in Store and Migrations alone")
    func sqlInOnePlace() {
        let statements = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "PRAGMA "]
        func speaksSQL(_ line: String) -> Bool {
            let text = line.drop { $0 == " " || $0 == "\"" }
            return statements.contains { text.hasPrefix($0) || line.contains("\"\($0)") }
        }
        #expect(speaksSQL("    let rows = try fetch(\"SELECT 1\")") && !speaksSQL("// selects"))
        for target in ["Signing", "Settlement", "Service", "settled"] {
            for file in SourceFile.swift(in: "Sources/\(target)") {
                let found = zip(1..., file.lines).filter { speaksSQL($0.1) }.map { "\(file.path):\($0.0)" }
                #expect(found.isEmpty, "\(found)")
            }
        }
    }
}
