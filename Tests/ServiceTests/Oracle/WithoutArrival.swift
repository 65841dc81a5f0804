import Foundation

/// A document without what the rulebook (§4) lets hang on how records were cut into batches and came; a closing also
/// without the count of batches and the digests of the statements.
func withoutArrival(_ bytes: [UInt8]) -> String {
    let cuts = [
        #"("batches":)(\d+|\[[^\]]*\]),"#, #"("missing_sequences":)\[[^\]]*\],"#,
        #"("previous":)(null|"[^"]*"),"#, #"("statements":)\[[^\]]*\]"#,
    ]
    return cuts.reduce(String(decoding: bytes, as: UTF8.self)) { text, pattern in
        text.replacingOccurrences(of: pattern, with: "$1", options: .regularExpression)
    }
}
