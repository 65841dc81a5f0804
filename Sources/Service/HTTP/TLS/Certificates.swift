import Foundation
import NIOCore
import NIOSSL
import Settlement
import Synchronization

/// A certificate chain and its key, read from PEM files, and read again when those change. Connections that stand
/// keep what they began with.
final class Certificates: Sendable {
    private struct Pair: Sendable {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        let marks: [Mark]
    }

    /// By what a file is known to be another one.
    private struct Mark: Hashable, Sendable {
        let inode: UInt64
        let bytes: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let files: TLSFiles
    private let pair: Mutex<Pair>

    /// Throws `misused` for files that are missing, no PEM, or do not belong together.
    init(_ files: TLSFiles) throws(Failure) {
        self.files = files
        pair = Mutex(try Self.read(files))
    }

    /// Reads the files if they are others than before, or in any case if `always`; says whether it did. What was
    /// read before stays in use when this throws.
    func reread(always: Bool) throws(Failure) -> Bool {
        let known = pair.withLock { $0.marks }
        if !always, try Self.marks(files) == known { return false }
        let read = try Self.read(files)
        pair.withLock { $0 = read }
        return true
    }

    /// When the first certificate of the chain that ends does.
    var ends: Instant? {
        pair.withLock { $0.chain.map { Instant(milliseconds: Int64($0.notValidAfter) * 1_000) }.min() }
    }

    /// TLS 1.2 and 1.3, with the certificate that is in use when a connection begins.
    var configuration: TLSConfiguration {
        let pair = pair.withLock { $0 }
        var configuration = Self.configuration(pair.chain, pair.key)
        configuration.sslContextCallback = { [self] _, promise in
            let pair = self.pair.withLock { $0 }
            var change = NIOSSLContextConfigurationOverride()
            change.certificateChain = pair.chain.map { .certificate($0) }
            change.privateKey = .privateKey(pair.key)
            promise.succeed(change)
        }
        return configuration
    }

    /// When the first of the chain expires that is in use, in seconds since 1970.
    var expiry: Int? { pair.withLock { $0.chain.map { Int($0.notValidAfter) }.min() } }

    private static func configuration(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey)
        -> TLSConfiguration
    {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func read(_ files: TLSFiles) throws(Failure) -> Pair {
        let marks = try marks(files)
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMFile(files.certificate) } catch {
            throw .misused(files.certificate, "expected certificates as PEM: \(error)")
        }
        do { key = try NIOSSLPrivateKey(file: files.key, format: .pem) } catch {
            throw .misused(files.key, "expected a private key as PEM, without a password")
        }
        do { _ = try NIOSSLContext(configuration: configuration(chain, key)) } catch {
            throw .misused(
                files.certificate, "the certificate and the key of \(files.key) do not belong together",
                hint: "the certificate of the server stands first, those that signed it after it")
        }
        return Pair(chain: chain, key: key, marks: marks)
    }

    private static func marks(_ files: TLSFiles) throws(Failure) -> [Mark] {
        var marks: [Mark] = []
        for path in [files.certificate, files.key] {
            var status = stat()
            guard stat(path, &status) == 0 else { throw .fromSystem(path, "look at it") }
            marks.append(
                Mark(
                    inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
                    seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec)))
        }
        return marks
    }
}
