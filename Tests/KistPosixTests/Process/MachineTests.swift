import Testing

@testable import KistPosix

@Suite struct MachineTests {
    @Test func swapInMemoryIsNoSwap() {
        let head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        #expect(!Machine.swapsToDisk(""))
        #expect(!Machine.swapsToDisk(head))
        #expect(!Machine.swapsToDisk(head + "/dev/zram0 partition 8388604 0 100\n"))
        #expect(Machine.swapsToDisk(head + "/dev/zram0 partition 8388604 0 100\n/dev/sda2 partition 1 0 -2\n"))
        #expect(Machine.swapsToDisk(head + "/swapfile file 1 0 -2\n"))
    }

    @Test func hibernationNeedsAKernelThatCan() {
        #expect(Machine.canHibernate(states: "freeze mem disk\n", disk: "[platform] shutdown reboot\n"))
        #expect(!Machine.canHibernate(states: "freeze mem disk\n", disk: "[disabled]\n"))
        #expect(!Machine.canHibernate(states: "freeze mem\n", disk: "[platform]\n"))
        #expect(!Machine.canHibernate(states: "", disk: ""))
    }

    @Test func fileSystemsOfANetworkHaveNames() {
        #expect(Machine.networkName(0x6969) == "NFS")
        #expect(Machine.networkName(0xFF53_4D42) == "SMB")
        #expect(Machine.networkName(0xEF53) == nil)
        #expect(Machine.networkFileSystem(of: "/proc") == nil)
        #expect(Machine.networkFileSystem(of: "/nowhere/at/all") == nil)
    }
}
