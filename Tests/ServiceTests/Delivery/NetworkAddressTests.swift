import Testing

@testable import Service

@Suite("Addresses that deliveries may go to")
struct NetworkAddressTests {
    @Test(
        "Private, loopback, link-local, multicast and other addresses of no public network are told",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
            "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "100::1",
            "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:1::1", "2001:db8::1",
            "2002:7f00:1::1", "3fff::1", "4000::1",
        ])
    func notPublic(text: String) throws {
        let found = try NetworkAddress.lookUp(text)
        #expect(found.count == 1 && found.allSatisfy { !$0.isPublic }, "\(found)")
    }

    @Test(
        "Others are public",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.0.0.1", "128.0.0.1",
            "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.1.1", "223.255.255.255", "2600::1",
            "2001:4860:4860::8888", "2a00:1450::1",
        ])
    func isPublic(text: String) throws {
        #expect(try NetworkAddress.lookUp(text).map(\.isPublic) == [true])
    }

    @Test(
        "An address in other spellings is what the system takes it for",
        arguments: ["127.1", "0x7f.1", "2130706433"])
    func spellings(text: String) throws {
        #expect(try NetworkAddress.lookUp(text).map(\.description) == ["127.0.0.1"])
    }

    @Test("It is written by numbers alone, and read back")
    func text() throws {
        #expect("\(NetworkAddress([192, 168, 0, 1]))" == "192.168.0.1")
        let address = try NetworkAddress.lookUp("2001:db8::ff")[0]
        #expect("\(address)" == "2001:db8:0:0:0:0:0:ff")
        #expect(try NetworkAddress.lookUp("\(address)") == [address])
    }
}
