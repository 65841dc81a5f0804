import HTTPTypes
import Settlement
import Signing

/// Results as the spool writes them.
extension SpoolFolder.Result {
    /// A batch that is stored: its receipt comes last, when its signature and its seal are there.
    static func receipt(_ document: SealedDocument, digest: SHA256Digest) -> SpoolFolder.Result {
        let ending = SpoolFolder.receiptEnding
        return SpoolFolder.Result(
            isReceipt: true,
            files: [
                (ending + ".jws", Array((document.signature + "\n").utf8)),
                (ending + ".seal", Array((document.seal + "\n").utf8)),
                (ending, document.bytes),
            ],
            mark: SpoolFolder.mark(digest))
    }

    /// A batch that is refused: problem details as over HTTP, and the file's name and digest. No digest: it was
    /// not read, and `byteCount` says how large it was.
    static func refused(
        _ problem: Problem, file: SpoolName, digest: SHA256Digest?, byteCount: Int64
    ) -> SpoolFolder.Result {
        var facts = CanonicalJSON()
        facts.object { object in
            object.member("file", file.text)
            object.member("digest", ifPresent: digest?.text)
            object.member("bytes", byteCount)
        }
        let bytes = problem.bytes.dropLast() + Array(",".utf8) + facts.bytes.dropFirst()
        return SpoolFolder.Result(
            isReceipt: false, files: [(SpoolFolder.problemEnding, Array(bytes))],
            mark: digest.map(SpoolFolder.mark) ?? SpoolFolder.mark(byteCount: byteCount))
    }
}

extension Problem {
    /// What lies in the spool under the name of a batch or of its signature and is no file: a link, a pipe, a
    /// socket, a device. It is never opened.
    static func notAFile(_ name: SpoolName) -> Problem {
        Problem(
            .unprocessableContent, code: "not_a_file",
            title: "A batch or its signature is not a regular file",
            detail: "\(name.text): expected a regular file, found a link, a pipe, a socket or a device",
            expected: "a regular file", found: "a link, a pipe, a socket or a device")
    }
}
