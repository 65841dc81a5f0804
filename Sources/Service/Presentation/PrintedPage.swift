import Foundation

/// A page of HTML as PDF, made by WeasyPrint, which Debian has: it knows page numbers, repeated heads and rows that
/// are not cut, and needs no browser.
public enum PrintedPage {
    /// What to install.
    static let hint =
        "apt install weasyprint fonts-noto-core fonts-noto-cjk, or print the page of --html from a browser"

    /// The bytes of the PDF; `path` stands for the PATH. Throws `trouble` when WeasyPrint is not on the PATH, or fails.
    ///
    /// It works in a folder of its own that only this user can read, and that is gone afterwards.
    public static func pdf(
        of page: String, path: String? = nil
    ) throws(Failure) -> [UInt8] {
        let path = path ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        guard let program = find("weasyprint", in: path) else {
            throw .trouble("--pdf", "needs the program weasyprint, which is not on the PATH", hint: hint)
        }
        let folder = FileManager.default.temporaryDirectory.path + "/settled-" + SecureRandom.hexDigits(16)
        try createFolder(folder, mode: 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (html, pdf, said) = (folder + "/page.html", folder + "/page.pdf", folder + "/said")
        try WholeFile.write(Array(page.utf8), to: html, mode: 0o600)
        try WholeFile.write([], to: said, mode: 0o600)
        let status = try run(program, ["--quiet", "--encoding", "utf-8", html, pdf], said: said)
        guard status == 0, WholeFile.exists(pdf) else {
            let words = (try? WholeFile.readText(said, limit: 1 << 20)) ?? ""
            let last = words.split(separator: "\n").last ?? "it said nothing"
            throw .trouble(program, "made no PDF and ended with \(status): \(last)", hint: hint)
        }
        return try WholeFile.read(pdf)
    }

    private static func find(_ name: String, in path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private static func run(_ program: String, _ arguments: [String], said: String) throws(Failure) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        do {
            let words = try FileHandle(forWritingTo: URL(fileURLWithPath: said))
            process.standardOutput = words
            process.standardError = words
            try process.run()
        } catch {
            throw .trouble(program, "cannot be run: \(error.localizedDescription)", hint: hint)
        }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
