import Foundation

/// What a long command is doing, on a terminal; nothing, or what is done, in a pipe.
public struct SimulationProgress: Sendable {
    private let write: @Sendable (String) -> Void
    private let tell: @Sendable (String) -> Void

    /// On stderr when that is a terminal: one line that is written over.
    public static func terminal() -> SimulationProgress {
        isatty(STDERR_FILENO) == 1 ? SimulationProgress(write: over, tell: nothing) : silent
    }

    /// The same, and a line for each part that is done, on a terminal or in a pipe.
    public static func steps() -> SimulationProgress {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let tell: @Sendable (String) -> Void = { text in
            if isTerminal { over("") }
            FileHandle.standardError.write(Data((text + "\n").utf8))
        }
        return SimulationProgress(write: isTerminal ? over : nothing, tell: tell)
    }

    public static let silent = SimulationProgress(write: nothing, tell: nothing)

    private static let nothing: @Sendable (String) -> Void = { _ in }

    // Back to the line's start, and clear what stands behind.
    private static let over: @Sendable (String) -> Void = { text in
        FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
    }

    func show(_ text: String) { write(text) }
    /// A part that is done.
    func done(_ text: String) { tell(text) }
    func clear() { write("") }
}
