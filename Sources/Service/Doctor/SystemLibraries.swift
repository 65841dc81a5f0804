import CZlib
import CZstd
import Signing
import Store

/// The system's libraries that the program runs on, as they are now.
enum SystemLibraries {
    static var text: String {
        "SQLite \(Store.sqliteVersion), \(LibraryVersion.text), zstd \(String(cString: ZSTD_versionString())), "
            + "zlib \(String(cString: zlibVersion()))"
    }
}
