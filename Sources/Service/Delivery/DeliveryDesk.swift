import NIOPosix
import Settlement
public import Signing
public import Store

/// All that deliveries are made with.
public struct DeliveryDesk: Sendable {
    let store: Store
    let master: MasterSecret
    let settings: DeliverySettings
    var lookUp: Endpoint.LookUp = { host throws(Failure) in try NetworkAddress.lookUp(host) }
    /// Where the store is read and written.
    let clerks = NIOThreadPool(numberOfThreads: 8)
    /// Where folders are written, which may take long.
    let scribes = NIOThreadPool(numberOfThreads: 2)
    /// Where names are looked up, which others may drag out.
    var names = NameLookups()

    public init(store: Store, master: MasterSecret, settings: DeliverySettings) {
        self.store = store
        self.master = master
        self.settings = settings
    }

    private var pools: [NIOThreadPool] { [clerks, scribes] }

    func start() { for pool in pools { pool.start() } }

    /// What is at work is done to its end; a name that is being looked up is waited for no longer.
    func shutdownGracefully() async throws { for pool in pools { try await pool.shutdownGracefully() } }

    /// Where a lane leads now; nil: nowhere any more.
    func destinations(of lane: DeliveryLane) throws -> Destinations? {
        let alliance = try store.schedule().alliance
        guard let merchant = lane.merchant else { return alliance.delivery }
        return alliance.merchants.first { $0.id == merchant }?.delivery
    }

    func secrets(of lane: DeliveryLane, _ webhook: Webhook) -> [WebhookSecret] {
        webhook.signing.map { master.webhookSecret(owner: lane.owner, version: $0) }
    }
}
