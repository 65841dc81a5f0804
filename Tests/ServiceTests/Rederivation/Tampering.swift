import Foundation

/// A change of a database behind the program's back, by another program than ours.
///
/// In its SQL, `flip(BYTES, PLACE)` changes one bit of a byte (from the end where the place is negative), and
/// `swap(BYTES, OLD, NEW)` one text for another of its length.
func tamper(with path: String, _ sql: String) throws {
    let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        def flip(value, place):
            data = bytearray(value if isinstance(value, bytes) else value.encode())
            data[place] ^= 1
            return bytes(data) if isinstance(value, bytes) else data.decode()
        def swap(value, old, new):
            assert len(old) == len(new) and value.count(old.encode()) >= 1, (value, old)
            return value.replace(old.encode(), new.encode(), 1)
        db.create_function("flip", 2, flip)
        db.create_function("swap", 3, swap)
        db.execute("PRAGMA ignore_check_constraints = ON")
        before = db.total_changes
        db.execute(sys.argv[2])
        assert db.total_changes > before or sys.argv[2].startswith("ALTER "), "nothing was changed"
        db.close()
        """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, path, sql]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw OutputTrouble(text: "cannot change \(path): \(sql)") }
}
