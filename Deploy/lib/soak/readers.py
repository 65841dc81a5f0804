"""Merchants that read their own side all the time, and try whether a token is good a second time."""
import http.client, json, random, threading, time

# As many tokens a second as one merchant may use without being told that they are too many.
PAUSE_SECONDS = 1 / 25


class Reader(threading.Thread):
    """Reads what `key` may, until `ending`: each token once, and some of them again, after a kill too."""

    def __init__(self, number, seed, daemon, ledger, merchant, key, ending):
        super().__init__(daemon=True)
        self.random = random.Random(f"{seed}-read-{number}")
        self.host, self.ledger, self.merchant, self.key, self.ending = daemon, ledger, merchant, key, ending
        self.connection, self.files = None, {}
        # Tokens that gave an answer, and those of which that is not known.
        self.used, self.unknown = [], []

    def run(self):
        while not self.ending.is_set():
            self.host.up.wait(timeout=1)
            self.step()
            time.sleep(PAUSE_SECONDS)

    def step(self):
        chance = self.random.random()
        if self.used and chance < 0.3:
            return self.replay(self.random.choice(self.used[-200:]))
        if self.unknown and chance < 0.4:
            return self.read(self.unknown.pop(0))
        self.read(self.key.token("quayside"))

    def replay(self, token):
        self.ledger.count("tokens used again")
        answer = self.get("/v1/batches?limit=1", token)
        if answer and answer[0] == 200:
            self.ledger.fault(f"a token of {self.merchant} was let in a second time")

    def read(self, token):
        """Whatever it is, once; gives the status, None where no answer came."""
        path, check = self.random.choice([
            ("/v1/batches?limit=20", self.check_list), (self.receipt_path(), self.check_receipt),
            ("/v1/batches/missing", None), ("/v1/terms", None), ("/v1/points", None), ("/v1/statements", None),
            ("/v1/statements/2025-03/STATEMENT.json", self.check_file),
            ("/v1/statements/2025-03/DETAILS.csv", self.check_file)])
        self.ledger.count("reads")
        answer = self.get(path, token)
        if answer is None:
            self.unknown.append(token)
            return None
        status, body, headers = answer
        if status == 200:
            self.used.append(token)
            if check:
                check(path, body, headers)
        elif status in (429, 503):
            if not headers.get("Retry-After"):
                self.ledger.fault(f"{path}: {status} without Retry-After")
            self.unknown.append(token)
        elif status == 401 and json.loads(body)["code"] in ("token_early", "token_expired", "token_replayed"):
            # A clock that jumps, or a token whose answer got lost.
            self.ledger.count("tokens refused")
        else:
            self.ledger.fault(f"{path} was answered {status}: {body[:200]!r}")
        return status

    def receipt_path(self):
        self.receipt = self.ledger.any_receipt(self.merchant, self.random)
        return f"/v1/batches/{self.receipt.name}" if self.receipt else "/v1/batches/missing"

    def check_receipt(self, path, body, headers):
        if self.receipt and body != self.receipt.receipt:
            self.ledger.fault(f"{path} of {self.merchant} is another receipt than the first")

    def check_list(self, path, body, headers):
        for listed in json.loads(body)["batches"]:
            if not self.ledger.knows(self.merchant, listed["batch"]):
                self.ledger.fault(f"{path}: {self.merchant} is shown {listed['batch']}, which it did not send")

    def check_file(self, path, body, headers):
        if self.files.setdefault(path, body) != body:
            self.ledger.fault(f"{path} of {self.merchant} has changed")

    def get(self, path, token):
        """Status, body and headers; None where no answer came."""
        try:
            if self.connection is None:
                self.connection = self.host.http(timeout=300)
            self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = self.connection.getresponse()
            return answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None

    def finish(self):
        """Now that all is well a token is good, and none that was used."""
        for _ in range(100):
            if self.read(self.key.token("quayside")) == 200:
                break
            time.sleep(0.2)
        else:
            self.ledger.fault(f"after all trouble is over {self.merchant} reads nothing")
        for token in self.used[-50:]:
            self.replay(token)
