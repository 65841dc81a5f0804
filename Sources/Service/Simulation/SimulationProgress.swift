import Foundation

/// What a long command is doing, on a terminal; nothing in a pipe.
public struct SimulationProgress: Sendable {
    private let write: @Sendable (String) -> Void

    /// On stderr when that is a terminal: one line that is written over.
    public static func terminal() -> SimulationProgress {
        guard isatty(STDERR_FILENO) == 1 else { return SimulationProgress { _ in } }
        return SimulationProgress { text in
            // Back to the line's start, and clear what stands behind.
            FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
        }
    }

    public static let silent = SimulationProgress { _ in }

    func show(_ text: String) { write(text) }
    func clear() { write("") }
}
