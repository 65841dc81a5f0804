"""One target's run, as libFuzzer's log tells it."""
import re


class Log:
    """`path` is the log's, `status` the exit code of the run."""

    def __init__(self, target, path, status):
        self.target, self.path, self.status = target, path, status
        text = path.read_bytes().decode(errors="replace")
        self.inputs = self._last(r"stat::number_of_executed_units:\s+(\d+)", text)
        self.per_second = self._last(r"stat::average_exec_per_sec:\s+(\d+)", text)
        self.slowest = self._last(r"stat::slowest_unit_time_sec:\s+(\d+)", text)
        self.reached = self._last(r"cov: (\d+) ft:", text)
        self.edges = self._last(r"Loaded \d+ modules +\((\d+) inline 8-bit counters\)", text)
        self.kept = self._last(r"corp: (\d+)/", text)
        #: The files of inputs that broke something.
        self.found = re.findall(r"Test unit written to (\S+)", text)
        #: What libFuzzer or AddressSanitizer say of it, and the sentence with which the program ended.
        self.reasons = re.findall(r"(?:Fatal error|SUMMARY): .*", text)

    @staticmethod
    def _last(pattern, text):
        numbers = re.findall(pattern, text)
        return int(numbers[-1]) if numbers else None

    @property
    def is_good(self):
        """It ended by itself, had inputs, and found nothing."""
        return self.status == 0 and not self.found and bool(self.inputs)
