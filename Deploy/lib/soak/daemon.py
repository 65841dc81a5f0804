"""One `settled serve` after the other on the same data folder and port."""
import http.client, os, pathlib, re, signal, socket, ssl, subprocess, threading, time


class Daemon:
    """It speaks TLS where `certificate` names the files of one and of its key."""

    def __init__(self, binary, data, scratch, limits=(), environment=None, flags=(), certificate=None):
        self.binary, self.data, self.log = binary, data, pathlib.Path(scratch) / "daemon.log"
        self.limits, self.environment, self.flags = limits, environment or {}, list(flags)
        self.trust = None
        if certificate:
            self.trust, self.trust2 = (ssl.create_default_context(cafile=certificate[0]) for _ in range(2))
            self.trust2.set_alpn_protocols(["h2"])
            self.flags += ["--tls-certificate", certificate[0], "--tls-key", certificate[1]]
        self.port = free_port()
        self.process, self.starts, self.peak = None, 0, 0
        self.slowest_start = 0.0
        self.up = threading.Event()

    def start(self):
        """Starts it; returns when it answers."""
        words = [self.binary, "serve", "--no-config", "--data", self.data, "--no-automatic-close",
                 "--listen", f"127.0.0.1:{self.port}"]
        words += self.flags
        for limit in self.limits:
            words += ["--limit", limit]
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                words, stdout=log, stderr=log, env=os.environ | self.environment)
        while time.monotonic() - begin < 120:
            if self.process.poll() is not None:
                raise SystemExit(f"soak: the daemon ended with {self.process.returncode}, see {self.log}")
            if self.asks("/healthz") == 200:
                self.starts += 1
                self.slowest_start = max(self.slowest_start, time.monotonic() - begin)
                self.up.set()
                return
            time.sleep(0.02)
        raise SystemExit(f"soak: the daemon does not answer after 120 s, see {self.log}")

    def asks(self, path):
        """The status of GET path; None when nobody answers."""
        try:
            with self.connect(timeout=10) as peer:
                peer.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                head = peer.recv(64)
            return int(head.split()[1])
        except (OSError, IndexError, ValueError):
            return None

    def connect(self, timeout, source=None, http2=False):
        """A connection on which HTTP/1.1 is spoken, or with a certificate HTTP/2, from an address of this machine's.
        Throws `OSError`."""
        source = source and (source, 0)
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=timeout, source_address=source)
        if not self.trust:
            return peer
        try:
            return (self.trust2 if http2 else self.trust).wrap_socket(peer, server_hostname="localhost")
        except BaseException:
            peer.close()
            raise

    def http(self, timeout):
        """The same for `http.client`; it connects by itself."""
        if not self.trust:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        return http.client.HTTPSConnection("localhost", self.port, timeout=timeout, context=self.trust)

    def kill(self):
        """SIGKILL: what a power cut does to a process."""
        self.note_memory()
        self.up.clear()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.note_memory()
        self.up.clear()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)

    def note_memory(self):
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
            self.peak = max(self.peak, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10)
        except (OSError, TypeError):
            pass


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]
