import Settlement

/// What `settled config show` and `settled config check` say of a configuration. No key of it holds a secret: those of
/// the certificate and the master secret are files, whose names are shown and whose content never is.
public struct ConfigurationListing: Sendable {
    private let reading: ConfigurationReading

    public init(_ reading: ConfigurationReading) { self.reading = reading }

    /// Each value, and where it comes from: `default`, `file`, `environment` or `flag`, with the place.
    public var text: String {
        var table = TextTable(.left("key"), .left("value"), .left("from"), .left(""))
        for key in ConfigurationKeys.all {
            let origin = reading.origin(of: key)
            table.add(
                key.path, key.value(reading.configuration) ?? "-", origin.layer, origin.place ?? "")
        }
        return table.lines.map { $0 + "\n" }.joined()
    }

    /// The same as an object: `file`, and `settings` with `key`, `value` (null: none), `from` and `place`.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", orNull: reading.file)
            object.member("settings", array: ConfigurationKeys.all) { json, key in
                let origin = reading.origin(of: key)
                json.object { setting in
                    setting.member("key", key.path)
                    setting.member("value", orNull: key.value(reading.configuration))
                    setting.member("from", origin.layer)
                    setting.member("place", ifPresent: origin.place)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Whether nothing is wrong.
    public var isGood: Bool { reading.findings.isEmpty }

    /// One finding after the other, with its hint.
    public var findings: String { reading.findings.map { "\($0)\n" }.joined() }

    /// The findings as an object: `file`, and `findings` with `place`, `problem` and `hint`.
    public var findingsJSON: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("file", orNull: reading.file)
            object.member("findings", array: reading.findings) { json, finding in
                json.object { object in
                    object.member("place", finding.place)
                    object.member("problem", finding.problem)
                    object.member("hint", ifPresent: finding.hint)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
