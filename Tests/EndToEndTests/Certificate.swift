import Foundation
import Testing

/// A certificate for localhost that `openssl` makes.
extension Scratch {
    /// Makes it with its key, and moves both into place.
    func makeCertificate(serial: Int) throws {
        let new = ["new.pem", "new.key"].map { file($0) }
        try expectDone(
            .named(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-set_serial", "\(serial)", "-out", new[0].path, "-keyout", new[1].path,
                ]))
        for (from, to) in zip(new, ["chain.pem", "key.pem"]) {
            #expect(rename(from.path, file(to).path) == 0)
        }
    }

    /// What the daemon is told of it.
    var certificateArguments: [String] {
        ["--tls-certificate", file("chain.pem").path, "--tls-key", file("key.pem").path]
    }
}
