import Fixtures
import Foundation
import Testing

@Suite("What finance reads")
struct FinanceTests {
    private func shown(_ arguments: [String], _ more: String...) throws -> Ran {
        let quayside = try Quayside.played.get()
        return try Command(Command.settledPath, arguments + ["--data", quayside.data] + more).run()
    }

    private static let documents = [
        ["statement", "bakery", "2025-04"], ["statement", "garden", "2025-03"],
        ["statement", "operator", "2025-04"], ["report", "flows", "2025-04"],
    ]

    @Test(
        "Each document comes in every form and language, and none leaves the page half", arguments: documents)
    func forms(document: [String]) throws {
        for language in ["en", "zh"] {
            let text = try shown(document, "--lang", language)
            let page = try shown(document, "--lang", language, "--html")
            #expect(text.status == 0 && page.status == 0, "\(text.errors)\(page.errors)")
            #expect(text.errors.isEmpty && page.errors.isEmpty)
            #expect(
                page.output.hasPrefix(
                    "<!doctype html>\n<html lang=\"\(language == "en" ? "en" : "zh-Hans")\">"))
            #expect(page.output.hasSuffix("</html>\n") && !page.output.contains("{{"))
            #expect(text.output.contains("sha256:") && page.output.contains("sha256:"))
            #expect(text.output.contains(language == "en" ? "Alliance" : "联盟"))
        }
        let table = try shown(document, "--csv").output
        #expect(table == (try shown(document, "--csv", "--lang", "zh").output))
        let widths = table.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).count
        }
        #expect(widths.count > 1 && Set(widths).count == 1)
        #expect(try shown(document, "--csv", "--html").status == 2)
        #expect(try shown(document, "--lang", "fr").status == 2)
    }

    @Test("The course of the flows is a table of its own, and of no other form")
    func course() throws {
        let flows = ["report", "flows", "2025-04"]
        let course = try shown(flows, "--csv", "--course").output
        #expect(course.hasPrefix("alliance,period,merchant,issued,"), "\(course)")
        for row in [
            "quayside,2025-03,bakery,,,,,,,", "quayside,2025-04,bakery,,,,,,,-5.59,0.00,-19.10,EUR\n",
            "quayside,2025-04,operator,,,,,,,",
        ] { #expect(course.contains(row), "\(row)\n\(course)") }
        for other in ["--html", "--json", "--csv=course"] {
            #expect(try shown(flows, "--course", other).status == 2)
        }
        #expect(try shown(flows, "--course").status == 2)
    }

    @Test("JSON is what is handed out, byte for byte, and the seal fits it")
    func json() throws {
        let quayside = try Quayside.played.get()
        let folder = try quayside.statement(of: "bakery", "2025-04")
        let json = try shown(["statement", "bakery", "2025-04"], "--json").output
        #expect(try json == String(contentsOf: folder.file("STATEMENT.json"), encoding: .utf8))
        _ = try folder.write(json, to: "STATEMENT.json")
        let keys = ["--jwks", folder.file("seal.jwks").path]
        try expectDone(Command(Command.settledPath, ["verify", folder.file("STATEMENT.json").path] + keys))
    }

    @Test("Without a program that makes a PDF it is said what to install")
    func withoutPDF() throws {
        let document = ["statement", "bakery", "2025-04", "--pdf", "--data", try Quayside.played.get().data]
        let without = try Command(
            Command.settledPath, document, environment: ["PATH": "/nonexistent"]
        ).run()
        #expect(without.status == 3 && without.output.isEmpty)
        #expect(without.errors.contains("apt install weasyprint"), "\(without.errors)")
    }

    @Test(
        "A page becomes a PDF with all its figures",
        .enabled(
            if: Command.isThere("weasyprint", "pdftotext"),
            "this machine has no weasyprint, or no pdftotext of poppler-utils"))
    func pdf() throws {
        let document = ["statement", "bakery", "2025-04", "--pdf", "--data", try Quayside.played.get().data]
        let scratch = try Scratch()
        let script = "\"$0\" \"$@\" > statement.pdf && pdftotext -layout statement.pdf -"
        let text = try expectDone(
            Command.named("bash", ["-c", script, Command.settledPath] + document, in: scratch.folder)
        ).output
        for figure in ["\u{2212}19.10 EUR", "1.25", "\u{2212}0.95"] {
            #expect(text.contains(figure), "\(figure)\n\(text)")
        }
    }

    @Test(
        "A browser prints the page on sheets of A4 that count their pages",
        .enabled(
            if: Command.isThere("chromium", "pdfinfo", "pdftotext"),
            "this machine has no chromium, or no poppler-utils"))
    func browser() throws {
        let scratch = try Scratch()
        for language in ["en", "zh"] {
            let page = try shown(["statement", "bakery", "2025-04"], "--html", "--lang", language).output
            let file = try scratch.write(page, to: "page.html")
            let script = """
                timeout 60 chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
                --user-data-dir="$PWD/profile" --print-to-pdf="$PWD/page.pdf" "file://$0" 2>/dev/null >&2
                pdfinfo page.pdf | grep -E '^Pages|^Page size' && pdftotext -layout page.pdf -
                """
            let printed = try expectDone(
                Command.named("bash", ["-euo", "pipefail", "-c", script, file], in: scratch.folder)
            ).output
            let pages = try #require(printed.firstMatch(of: /Pages: +(\d+)/)?.1)
            #expect(printed.contains("A4"), "\(printed)")
            #expect(printed.contains(try Regex("\\b\(pages) ?/ ?\(pages)\\b")), "\(printed)")
            #expect(printed.contains("\u{2212}19.10"))
            #expect(printed.contains(language == "en" ? "How to check this" : "如何核验"))
        }
    }

    @Test("A statement changed behind the program's back is not shown in any form")
    func tampered() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: quayside.data, toPath: data)
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1] + "/settled.sqlite")
            old, new = b'"closing":-1910', b'"closing":-1010'
            rows = base.execute("SELECT rowid, document FROM statements").fetchall()
            [(number, document)] = [row for row in rows if old in bytes(row[1])]
            changed = bytes(document).replace(old, new)
            base.execute("UPDATE statements SET document = ? WHERE rowid = ?", (changed, number))
            base.commit()
            """
        try expectDone(Command.named("python3", ["-c", script, data]))
        for form in ["--text", "--html", "--csv", "--json", "--pdf"] {
            let ran = try Command.settled("statement", "bakery", "2025-04", form, "--data", data).run()
            #expect(ran.status == 1 && ran.output.isEmpty, "\(form): \(ran.output)")
            #expect(ran.errors.contains("is not what was signed"), "\(ran.errors)")
        }
    }

    @Test("On a copy without the secret the seal is checked, and that is said; with neither nothing is shown")
    func withoutSecret() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: quayside.data, toPath: data)
        try FileManager.default.removeItem(atPath: data + "/master.secret")
        let sealed = try expectDone(Command.settled("statement", "bakery", "2025-04", "--data", data))
        #expect(sealed.errors.contains("the seal alone was checked"))
        try FileManager.default.removeItem(atPath: data + "/keys/seal.jwks")
        let ran = try Command.settled("statement", "bakery", "2025-04", "--data", data).run()
        #expect(ran.status == 2 && ran.output.isEmpty, "\(ran.errors)")
    }
}
