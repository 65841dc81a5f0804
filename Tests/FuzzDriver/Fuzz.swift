import Foundation
import Fuzzing

/// libFuzzer's entry: it calls back with each input, and ends by itself.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What Deploy/fuzz runs:
///
///     fuzz list                    name, longest input and subject of each target, a line each, tabs between
///     fuzz seeds TARGET FOLDER     writes the target's seeds into a folder
///     fuzz run TARGET …            libFuzzer with the target, and with the arguments that follow
@main
struct Fuzz {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "list" where arguments.count == 1:
            for target in FuzzTarget.all {
                print("\(target.name)\t\(target.longestBytes)\t\(target.subject)")
            }
        case "seeds" where arguments.count == 3:
            try write(try chosen.seeds(), to: URL(fileURLWithPath: arguments[3], isDirectory: true))
        case "run" where arguments.count >= 2:
            run(Array(arguments.dropFirst(2)))
        default:
            FileHandle.standardError.write(
                Data("usage: fuzz list | fuzz seeds TARGET FOLDER | fuzz run TARGET ...\n".utf8))
            exit(2)
        }
    }

    /// The target of the second argument.
    static let chosen: FuzzTarget = {
        let name = CommandLine.arguments.dropFirst(2).first ?? ""
        guard let target = FuzzTarget.named(name) else {
            FileHandle.standardError.write(Data("fuzz: there is no target \(name), see fuzz list\n".utf8))
            exit(2)
        }
        return target
    }()

    private static func write(_ seeds: [[UInt8]], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in seeds.enumerated() {
            try Data(seed).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
    }

    private static func run(_ arguments: [String]) {
        _ = chosen
        var texts = ([CommandLine.arguments[0]] + arguments).map { strdup($0) }
        var count = CInt(texts.count)
        texts.append(nil)
        let status = texts.withUnsafeMutableBufferPointer { texts in
            var list = texts.baseAddress
            return runDriver(&count, &list) { bytes, count in
                Fuzz.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
        exit(status)
    }

    /// Traps if a promise is broken, as the reader itself does if it traps: libFuzzer keeps the input.
    private static func check(_ input: [UInt8]) {
        do throws(BrokenPromise) {
            if try chosen.runAtOnce(input) == nil { try wait(input) }
        } catch {
            fatalError("broken promise: \(error)")
        }
    }

    private static func wait(_ input: [UInt8]) throws(BrokenPromise) {
        let answer = Answer()
        Task(executorPreference: thread) {
            do throws(BrokenPromise) { _ = try await Fuzz.chosen.run(input) } catch { answer.broken = error }
            answer.isThere = true
        }
        thread.work { answer.isThere }
        if let broken = answer.broken { throw broken }
    }

    private static let thread = OwnThread()

    /// Of one thread.
    private final class Answer: @unchecked Sendable {
        var isThere = false
        var broken: BrokenPromise?
    }
}
