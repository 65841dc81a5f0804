import Foundation

/// Writes a line for a person on standard error, where results never go.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Writes bytes as they are on standard output.
func emit(_ bytes: [UInt8]) {
    FileHandle.standardOutput.write(Data(bytes))
}
