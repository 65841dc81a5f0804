import Settlement
import Store

extension Restoration {
    /// For a person: what is there now, and what to do next, in order.
    public var lines: [String] {
        var lines = [
            "\(folder.databasePath): alliance \(alliance), \(Figures.count(contents.count("batches"))) batches, "
                + "\(Figures.count(contents.count("periods"))) closed periods, checked"
        ]
        if let upgradedFrom {
            lines.append("it was of schema \(upgradedFrom), and is of schema \(contents.schema) now")
        }
        if !archives.isEmpty {
            lines.append("\(archives.inWords): keep those, `settled rederive` wants them by --archives")
        }
        return lines + ["what to do next:"] + steps.enumerated().map { "  \($0 + 1). \($1)" }
    }

    /// What the operator does after a restore.
    private var steps: [String] {
        let since = lastReceived.map { "after \(Self.time($0))" } ?? "ever"
        let acts = lastAct.map { "after \(Self.time($0))" } ?? "ever"
        let data = folder.path
        var steps = [
            hasSecret
                ? "the master secret is there, and is the one that this data is signed by"
                : "copy the master secret to \(folder.secretPath), mode 0600; it is in no backup"
        ]
        if let waitingVersion {
            // What is added comes of the version in use: of another one it would be another key.
            steps.append(
                "version \(waitingVersion) of the master secret waits, and the first start takes it into use: before"
                    + " that, add again the keys (`settled key add`) and apply the alliance files of before its"
                    + " rotation; then those of after it")
        }
        return steps + [
            "forget again who was forgotten \(acts), by the pseudonym and without a daemon: `settled member forget"
                + " forgotten-… --by NAME --reason TEXT --data \(data)`; the backup has their ids, and so have the batches"
                + " that come again. Only where a period had closed before that, forget once it is closed again, and"
                + " before the next is",
            "settled serve --data \(data) --no-automatic-close: no period may close before all is here again",
            "have the merchants send again what they sent \(since): the same bytes are stored once, and get a"
                + " receipt",
            "do again what the operator did \(acts): `apply`, keys, payments, adjustments, disputes",
            "settled status --data \(data) names missing sequences, but not those behind the last one that came:"
                + " ask each merchant for the last that it sent",
            "close again the periods that had closed since, and compare their digests with the statements that were"
                + " given out; then let the daemon close by itself again",
        ]
    }

    /// For a script.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.member("database", folder.databasePath)
            object.member("alliance", alliance.text)
            object.member("schema", Int64(contents.schema))
            object.member("upgraded_from", ifPresent: upgradedFrom.map(Int64.init))
            object.member("rows") { object in
                for table in contents.rows { object.member(table.name, table.rows) }
            }
            object.member("last_received", orNull: lastReceived?.description)
            object.member("last_act", orNull: lastAct?.description)
            archives.write(to: &object)
            object.name("has_secret")
            object.boolean(hasSecret)
            object.member("waiting_version", ifPresent: waitingVersion.map(Int64.init))
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func time(_ instant: Instant) -> String {
        instant.text(offsetSeconds: 0, milliseconds: false)
    }
}
