import Foundation

/// Writes a line for a person on standard error, where results never go.
func complain(_ text: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((text + terminator).utf8))
}

/// Writes bytes as they are on standard output.
func emit(_ bytes: [UInt8]) {
    FileHandle.standardOutput.write(Data(bytes))
}
