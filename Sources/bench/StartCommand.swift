import ArgumentParser
import Foundation
import Service
import Settlement
import Signing
import Store

/// Opens a store that holds data, to the point where it can take a batch.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Measures how long a store takes to open.")

    @Argument(help: "A folder that `bench settle --open` filled.") var folder: String

    func run() throws {
        var count: Int64 = 0
        let time = try seconds {
            let store = try Store.open(folder: folder)
            count = try store.recordCount()
            try store.shut()
        }
        try report(["records": count, "seconds": time])
    }
}
