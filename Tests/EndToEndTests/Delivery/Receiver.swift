import Fixtures
import Foundation
import Testing

/// A merchant's server for webhooks, in Python: it checks signatures by the README's lines, notes what came, and
/// answers by the path as a good or a bad one does.
final class Receiver {
    let port: Int
    private let scratch: Scratch
    private let process: Process

    /// One message as it came.
    struct Message: Decodable {
        let path, id, type, digest: String
        /// The document that it brings, and what else it tells, as JSON.
        let document: String?
        let told: String
        /// Whether one of its signatures holds.
        let signed: Bool
    }

    /// Takes the secrets by the path's first part. Speaks TLS with the certificate of `Scratch.makeCertificate`.
    init(secrets: [String: String], isSecure: Bool = true) throws {
        scratch = try Scratch()
        try scratch.makeCertificate(serial: 1)
        let script = try scratch.write(Self.check() + "\n\n" + Self.script, to: "receiver.py")
        let text = String(decoding: try JSONEncoder().encode(secrets), as: UTF8.self)
        let file = try scratch.write(text, to: "secrets.json")
        process = try Command.named(
            "python3", [script, scratch.folder.path, file, isSecure ? "tls" : "plain"]
        ).start(output: scratch.file("out"), errors: scratch.file("err"))
        var found: Int?
        for _ in 0..<300 where found == nil {
            usleep(50_000)
            found = try? Int(String(contentsOf: scratch.file("port"), encoding: .utf8))
        }
        let errors = (try? String(contentsOf: scratch.file("err"), encoding: .utf8)) ?? ""
        port = try #require(found, "\(errors)")
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var certificate: String { scratch.file("chain.pem").path }

    /// All that came so far, in order.
    func messages() throws -> [Message] {
        guard let text = try? String(contentsOf: scratch.file("log"), encoding: .utf8) else { return [] }
        let whole = text.hasSuffix("\n") ? text[...] : text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]
        return try whole.split(separator: "\n").map {
            try JSONDecoder().decode(Message.self, from: Data($0.utf8))
        }
    }

    /// Waits until what came fits; gives it.
    func await(_ what: String, _ fits: ([Message]) -> Bool) throws -> [Message] {
        var found: [Message] = []
        for _ in 0..<1_800 {
            found = try messages()
            if fits(found) { return found }
            usleep(100_000)
        }
        Issue.record("\(what): \(found.map { "\($0.path) \($0.type)" })")
        return found
    }

    /// What the README tells merchants to check messages by.
    private static func check() throws -> String {
        let readme = try String(
            contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8)
        let after = try #require(readme.range(of: "<!-- recipe: webhook -->\n```python\n")).upperBound
        let end = try #require(readme.range(of: "\n```\n", range: after..<readme.endIndex)).lowerBound
        return String(readme[after..<end])
    }

    private static let script = #"""
        import http.server, json, os, ssl, sys, threading, time

        folder, secrets, how = sys.argv[1], json.load(open(sys.argv[2])), sys.argv[3]
        lock, seen = threading.Lock(), set()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                data = json.loads(body)["data"]
                document = base64.b64decode(data.pop("document")).decode() if "document" in data else None
                name = self.path.split("/")[1]
                with lock:
                    first = (self.path, self.headers["webhook-id"]) not in seen
                    seen.add((self.path, self.headers["webhook-id"]))
                    with open(folder + "/log", "a") as log:
                        log.write(json.dumps({
                            "path": self.path, "id": self.headers["webhook-id"], "type": json.loads(body)["type"],
                            "digest": hashlib.sha256(body).hexdigest(), "document": document,
                            "told": json.dumps(data, separators=(",", ":")),
                            "signed": is_ours(self.headers, body, secrets.get(name, ""))}) + "\n")
                        log.flush(); os.fsync(log.fileno())
                kind = self.path.split("/")[2]
                if kind == "slow": time.sleep(600)
                if kind == "steady": time.sleep(0.05)
                if kind == "huge":
                    self.send_response(200); self.end_headers()
                    while True: self.wfile.write(b"x" * 65536)
                if kind == "redirect":
                    self.send_response(307); self.send_header("Location", "/trap/ok")
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                status = {"gone": 410, "flaky": 500 if first else 200}.get(kind, 200)
                self.send_response(status); self.send_header("Content-Length", "2"); self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *words): pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def handle_error(self, request, address): pass

        server = Server(("127.0.0.1", 0), Handler)
        if how == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder + "/chain.pem", folder + "/key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        with open(folder + "/port.new", "w") as file: file.write(str(server.server_port))
        os.rename(folder + "/port.new", folder + "/port")
        server.serve_forever()
        """#
}
