import ArgumentParser
import Foundation
import Service

/// In what form and language a document is shown.
struct ShowingOptions: ParsableArguments {
    enum Form: String, EnumerableFlag {
        case text, html, pdf, csv, json

        static func help(for form: Form) -> ArgumentHelp? {
            switch form {
            case .text: "For a terminal."
            case .html: "One page of HTML, made for print."
            case .pdf: "The same page as PDF; needs WeasyPrint."
            case .csv: "Rows for a spreadsheet."
            case .json: "The document itself, byte for byte."
            }
        }
    }

    @Flag(exclusivity: .exclusive) var form: Form = .text

    @Option(name: .long, help: ArgumentHelp("The language: en or zh.", valueName: "language"))
    var lang: Language = .english

    /// Opens the folder; says so when it can check seals only.
    func desk(_ folder: DataFolder) throws -> ReadingDesk {
        let desk = try ReadingDesk(folder)
        if !desk.checksSignatures {
            complain(
                "\(folder.secretPath): there is no master secret; the seal alone was checked, not the signature"
            )
        }
        return desk
    }

    func show(_ document: some Shown) throws {
        switch form {
        case .text: print(document.text(lang), terminator: "")
        case .html: print(document.page(lang), terminator: "")
        case .csv: print(document.table, terminator: "")
        case .json: emit(document.json)
        case .pdf:
            guard isatty(STDOUT_FILENO) == 0 else {
                throw Failure.misused(
                    "--pdf", "would write a PDF to the terminal",
                    hint: "send it to a file: … --pdf > FILE.pdf")
            }
            emit(try PrintedPage.pdf(of: document.page(lang)))
        }
    }
}
