/// Where the seal's public keys lie when nobody says where: a file `seal.jwks` close by.
public enum SealFile {
    public static let name = "seal.jwks"

    /// Beside the file, in the folder above or in the one above that; nil when there is none.
    ///
    /// Whoever could lay the document there could lay the keys there too, so callers say which file they took.
    public static func near(_ file: String) -> String? {
        let folder = folderName(of: file)
        return ["", "/..", "/../.."].map { folder + $0 + "/" + name }.first { WholeFile.exists($0) }
    }

    /// Beside the file; nil when there is none.
    public static func beside(_ file: String) -> String? {
        let path = folderName(of: file) + "/" + name
        return WholeFile.exists(path) ? path : nil
    }
}
