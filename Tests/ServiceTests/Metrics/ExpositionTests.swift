import Settlement
import Store
import Testing

@testable import Service

@Suite("The text of a scrape")
struct ExpositionTests {
    @Test("Each metric stands with its help and type before its values, whole ones without a point")
    func text() {
        var exposition = Exposition()
        exposition.add(.batchBytes, 12)
        exposition.add(.closeSeconds, 0.25)
        exposition.add(.closeSeconds, Double?.none)
        exposition.add(.ready, true)
        exposition.add(Metric("x", .gauge, by: "y", "Z."), [("a\"b\\c\nd", 1), ("e", -2)])
        exposition.add(.merchantQuiet, [])
        #expect(
            exposition.text == """
                # HELP settled_batch_bytes_total Bytes of stored batches, unpacked.
                # TYPE settled_batch_bytes_total counter
                settled_batch_bytes_total 12
                # HELP settled_close_last_duration_seconds What the last close by this daemon took.
                # TYPE settled_close_last_duration_seconds gauge
                settled_close_last_duration_seconds 0.25
                # HELP settled_ready 1 while /readyz answers 200.
                # TYPE settled_ready gauge
                settled_ready 1
                # HELP x Z.
                # TYPE x gauge
                x{y="a\\"b\\\\c\\nd"} 1
                x{y="e"} -2

                """)
    }

    @Test("A histogram counts up to each end, and all of it")
    func histogram() {
        let latencies = Latencies()
        for milliseconds in [1, 3, 3, 60_000] { latencies.add(.milliseconds(milliseconds)) }
        var exposition = Exposition()
        exposition.add(.commitSeconds, latencies.standing)
        let scraped = Scraped(exposition.text)
        let name = "settled_store_commit_seconds"
        #expect(scraped[name + #"_bucket{le="0.0005"}"#] == 0 && scraped[name + #"_bucket{le="0.001"}"#] == 1)
        #expect(scraped[name + #"_bucket{le="0.005"}"#] == 3 && scraped[name + #"_bucket{le="30"}"#] == 3)
        #expect(scraped[name + #"_bucket{le="+Inf"}"#] == 4 && scraped[name + "_count"] == 4)
        #expect(scraped[name + "_sum"] == 60.007)
        #expect(scraped.names(name).count == Latencies.ends.count + 3)
    }

    @Test("No two metrics have one name, and names are what their kind wants")
    func names() {
        let names = Metric.all.map(\.name)
        #expect(Set(names).count == names.count && names.count >= 38)
        for metric in Metric.all {
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
        }
    }

    @Test("What is counted as a limit's is one of the settings, but for the room for answers")
    func limits() {
        let settings = Set(ServerLimit.all.map(\.name))
        let others = LimitMeasures.Limit.allCases.map(\.rawValue).filter { !settings.contains($0) }
        #expect(others == ["answers"])
    }

    @Test("The process is told as the system counts it")
    func process() throws {
        let figures = ProcessFigures()
        #expect(try #require(figures.residentBytes) > 1 << 20)
        let (open, most) = (try #require(figures.openFiles), try #require(figures.mostFiles))
        #expect(open >= 3 && open < most)
        #expect(try #require(figures.processorSeconds) > 0)
    }
}
