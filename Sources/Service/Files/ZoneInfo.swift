public import Settlement

/// The machine's time zones, from which an alliance takes its own once, when it is founded: they are stored
/// with it, so that a later edition of them changes no statement.
public enum ZoneInfo {
    /// Where the system keeps them.
    public static let folder = "/usr/share/zoneinfo"

    /// The rules of a zone; throws `refused` for a name that the system does not know.
    public static func rules(of name: String) throws(Failure) -> ZoneRules {
        let path = folder + "/" + name
        let place = "timezone \(name)"
        // The name becomes a path: nothing but a zone's name may lead anywhere.
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
            throw .refused(place, "is not a name of the IANA time zone database, as Europe/Berlin is")
        }
        guard WholeFile.exists(path) else {
            throw .refused(
                place, "the system does not know it, expected a file \(path)",
                hint: "check the name; if there are no zones at all, install them: apt-get install tzdata")
        }
        let bytes = try WholeFile.read(path, limit: 1 << 20)
        do { return try ZoneRules(name: name, tzif: bytes) } catch { throw Failure(error, place: place) }
    }
}
