/// Those of the network, of single merchants and of the process.
extension Metric {
    static let http = [
        requests, connections, uploads, uploadBytes, limited, certificateEnd,
    ]
    static let requests = Metric(
        "settled_http_requests_total", .counter, by: "class", "Answered requests by class of status.")
    static let connections = Metric("settled_http_connections", .gauge, "Open connections of merchants.")
    static let uploads = Metric("settled_uploads", .gauge, "Uploads under way.")
    static let uploadBytes = Metric(
        "settled_upload_bytes", .gauge, by: "place", "Bytes of uploads under way, by where they are kept.")
    static let limited = Metric(
        "settled_limited_total", .counter, by: "limit", "Refused or cut off by a limit.")
    static let certificateEnd = Metric(
        "settled_certificate_expiry_timestamp_seconds", .gauge, "When the certificate in use expires.")

    static let merchants = [
        quiet, missing, beyondLimit, deliveriesWaiting, deliveriesGivenUp, merchantQuiet, merchantMissing,
        merchantBeyondLimit,
    ]
    static let quiet = Metric(
        "settled_quiet_merchants", .gauge, "Active merchants without a batch of their own since last period.")
    static let missing = Metric(
        "settled_missing_sequences", .gauge, "Sequence numbers that later ones have overtaken.")
    static let beyondLimit = Metric(
        "settled_exposure_warnings", .gauge, "Merchants whose receipts warn of their exposure limit.")
    static let deliveriesWaiting = Metric(
        "settled_deliveries_waiting", .gauge, "Statements, receipts and notices on their way to receivers.")
    static let deliveriesGivenUp = Metric(
        "settled_deliveries_given_up", .gauge, "Those that failed for days, or whose receiver answered 410.")
    static let merchantQuiet = Metric(
        "settled_merchant_quiet", .gauge, by: "merchant", "1 for each quiet merchant.")
    static let merchantMissing = Metric(
        "settled_merchant_missing_sequences", .gauge, by: "merchant", "Of each merchant that has any.")
    static let merchantBeyondLimit = Metric(
        "settled_merchant_exposure_warning", .gauge, by: "merchant", "1 for each merchant warned.")

    static let process = [build, residentBytes, openFiles, mostFiles, processorSeconds, startTime]
    static let build = Metric("settled_build_info", .gauge, by: "version", "1, with the program's version.")
    static let residentBytes = Metric("process_resident_memory_bytes", .gauge, "Memory of this process.")
    static let openFiles = Metric("process_open_fds", .gauge, "Open files and sockets.")
    static let mostFiles = Metric("process_max_fds", .gauge, "As many as there may be.")
    static let processorSeconds = Metric(
        "process_cpu_seconds_total", .counter, "Time on processors, all threads together.")
    static let startTime = Metric("process_start_time_seconds", .gauge, "When this daemon began.")
}
