import Fixtures
import Foundation
import Testing

/// `Deploy/soak` for a few seconds; the longer it runs, the more it proves.
@Suite("The soak")
struct SoakTests {
    @Test("Kills, faults and attacks under load lose nothing, double nothing and let nobody in")
    func short() async throws {
        try await offPool {
            let ran = try Command(
                SharedFolder.repository.appendingPathComponent("Deploy/soak").path,
                ["0.2", "--clients", "8", "--binary", Command.settledPath]
            ).run()
            #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
            func figure(_ name: String) throws -> Int { try self.figure(name, of: ran.output) }
            #expect(try figure("kills") >= 3)
            #expect(try figure("receipts") > 0)
            #expect(try figure("batches stored") >= figure("receipts"))
            for name in [
                "attacks", "uploads over HTTP/2", "reads", "tokens used again", "files left in the spool",
                "receipts left unread", "tokens raced", "streams reset",
            ] { #expect(try figure(name) > 0, "\(name)") }
            #expect(try figure("promises broken") == 0)
        }
    }

    @Test("Closes that are killed leave a period open or closed, and the same bytes in the end")
    func closes() async throws {
        try await offPool {
            let ran = try Command(
                SharedFolder.repository.appendingPathComponent("Deploy/soak-closes").path,
                ["--kills", "8", "--records", "3000", "--seed", "8", "--binary", Command.settledPath]
            ).run()
            #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
            func figure(_ name: String) throws -> Int { try self.figure(name, of: ran.output) }
            #expect(
                try figure("kills of a command") + figure("kills of a daemon")
                    + figure("kills of a rederivation") == 8)
            #expect(try figure("closes compared") >= 2)
            #expect(try figure("rederivations") >= 1)
            #expect(try figure("promises broken") == 0)
        }
    }

    @Test(
        "A year of weeks that daemons close by themselves while they are killed comes out as if nobody had been"
    )
    func weeks() async throws {
        try await offPool {
            let ran = try Command(
                SharedFolder.repository.appendingPathComponent("Deploy/soak-closes").path,
                [
                    "--on", "weekly", "--weeks", "9", "--kills", "10", "--records", "900", "--seed", "9",
                    "--binary",
                    Command.settledPath,
                ]
            ).run()
            #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
            func figure(_ name: String) throws -> Int { try self.figure(name, of: ran.output) }
            #expect(try figure("kills") >= 10 && figure("periods") == 9 && figure("records") == 900)
            #expect(try figure("years lived through") >= 1)
            #expect(try figure("closes compared") == 9 * figure("years lived through"))
            #expect(try figure("promises broken") == 0)
        }
    }

    @Test(
        "X5's months come out as if nobody had been killed, too",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() async throws {
        try await offPool {
            let ran = try Command(
                SharedFolder.repository.appendingPathComponent("Deploy/soak-closes").path,
                ["--on", "x5", "--kills", "5", "--seed", "5", "--binary", Command.settledPath]
            ).run()
            #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
            func figure(_ name: String) throws -> Int { try self.figure(name, of: ran.output) }
            #expect(try figure("kills") >= 5 && figure("periods") == 5 && figure("records") == 1_912)
            #expect(try figure("promises broken") == 0)
        }
    }

    @Test("Many kills that never met a stage of a close are told, few are not")
    func unmet() throws {
        let script = """
            import importlib.machinery, importlib.util, sys
            sys.dont_write_bytecode = True
            loader = importlib.machinery.SourceFileLoader("soak_closes", sys.argv[1])
            soak = importlib.util.module_from_spec(importlib.util.spec_from_loader("soak_closes", loader))
            loader.exec_module(soak)
            counts = dict.fromkeys(soak.STAGES, 3) | {"with every row written": 0}
            print(list(soak.unmet(counts, 100)), list(soak.unmet(counts, 99)), list(soak.unmet(dict.fromkeys(soak.STAGES, 1), 500)))
            """
        let ran = try expectDone(
            .named(
                "python3",
                ["-c", script, SharedFolder.repository.appendingPathComponent("Deploy/soak-closes").path]))
        #expect(ran.output == "['no kill met a close with every row written'] [] []\n", "\(ran.output)")
    }

    /// Answers 200 to everything: a token is good as often as it comes. And a curl that breaks off within an answer, or
    /// was asked wrongly.
    private static let careless = """
        import http.server, os, pathlib, socket, sys, threading
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv[1])
        from soak.clients import Multiplexer, Sequences
        from soak.ledger import Batch, Ledger
        from soak.races import Racer

        class Careless(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            def log_message(self, *words): pass

        class Host:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
            port, trust = server.server_port, None
            def connect(self, timeout, source=None, http2=False):
                return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

        class Key:
            def token(self, alliance): return "t"

        Host.server.handle_error = lambda *words: None
        threading.Thread(target=Host.server.serve_forever, daemon=True).start()
        ledger = Ledger({})
        for number in range(8):
            Racer(number, 1, Host(), ledger, Key(), None).attack()
        print(len(ledger.faults), ledger.counts["tokens raced"], *ledger.faults, sep="\\n")

        scratch = pathlib.Path(sys.argv[2])
        os.environ["PATH"] = f"{scratch}:" + os.environ["PATH"]
        for status in [18, 2]:
            (scratch / "curl").write_text(f'''#!/bin/sh
                for word; do case $word in *.answer) echo part > "$word";; esac; done
                echo '0|2|200|signature||{status}'
                exit {status}
                ''')
            (scratch / "curl").chmod(0o755)
            ledger = Ledger({})
            sender = Multiplexer(
                0, 1, Host(), ledger, dict.fromkeys(["bakery"]), Sequences(), None, scratch / f"{status}", "chain")
            sender.send(Batch("bakery", "b", b"bytes", "signature", 1))
            print(status, ledger.counts["answers lost"], len(sender.open), ledger.faults)
        """

    @Test("A token that is good twice is told, and an answer that broke off is none")
    func careless() throws {
        let scratch = try Scratch()
        let library = SharedFolder.repository.appendingPathComponent("Deploy/lib").path
        let ran = try expectDone(
            .named("python3", ["-c", Self.careless, library, scratch.file("").path]))
        let lines = ran.output.split(separator: "\n")
        #expect(lines.first == "8" && lines.dropFirst().first == "8", "\(ran.output)")
        let faults = lines.dropFirst(2).prefix(8)
        #expect(faults.allSatisfy { $0.hasPrefix("a token was let in ") }, "\(ran.output)")
        #expect(lines.suffix(2) == ["18 1 1 []", "2 1 1 ['curl ended with 2']"], "\(ran.output)")
    }

    /// A data folder that was tampered with: one batch is gone, one has other bytes, one was never sent.
    private static let tampered = """
        import sqlite3, sys
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv[1])
        from soak.ledger import Batch, Ledger
        path = sys.argv[2]
        database = sqlite3.connect(path)
        database.executescript(
            "CREATE TABLE merchants (merchant, id); CREATE TABLE batches (merchant, id, bytes, receipt);"
            "CREATE TABLE record_chunks (records); INSERT INTO merchants VALUES (1, 'books');")
        ledger = Ledger({})
        for name in ["kept", "lost", "changed"]:
            batch = Batch("books", name, name.encode(), "", 2)
            batch.receipt = b"r"
            ledger.add(batch)
        rows = [("kept", b"kept"), ("changed", b"other"), ("strange", b"strange")]
        database.executemany("INSERT INTO batches VALUES (1, ?, ?, 'r')", rows)
        database.execute("INSERT INTO record_chunks VALUES (5)")
        database.commit()
        database.execute("UPDATE batches SET receipt = CAST('r' AS BLOB)")
        database.commit()
        ledger.compare(path)
        print("\\n".join(ledger.faults))
        """

    @Test("The comparison at its end finds what is lost, changed, let in and counted wrongly")
    func comparison() throws {
        let scratch = try Scratch()
        let library = SharedFolder.repository.appendingPathComponent("Deploy/lib").path
        let ran = try expectDone(
            .named("python3", ["-c", Self.tampered, library, scratch.file("settled.sqlite").path]))
        for finding in [
            "batch lost of books has a receipt and is lost",
            "batch changed of books is stored as something else",
            "batch strange of books is stored and nobody sent it so", "5 records are stored, 4 were sent",
        ] {
            #expect(ran.output.contains(finding), "\(ran.output)")
        }
        #expect(!ran.output.contains("kept"))
    }

    /// A figure of the table at the end.
    private func figure(_ name: String, of output: String) throws -> Int {
        let figures = output.split(separator: "\n").map { $0.split(separator: " ") }
        let line = try #require(figures.first { $0.dropLast().joined(separator: " ") == name }, "\(output)")
        return try #require(Int(line[line.count - 1].replacing(",", with: "")))
    }
}
