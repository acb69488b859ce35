import KistProtocol
import KistTestKit
import Testing

/// A real gnome-keyring on a bus of its own.
@Suite(.serialized) struct KeyringTests {
    private static let key = "kist-key:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

    private func request(
        _ verb: KeyringRequest.Verb, slot: String? = "0011223344556677", vault: String = "PM01-G1GM",
        asking: Bool = false
    ) -> KeyringRequest {
        KeyringRequest(
            verb, slot: slot, label: "Kist: key of a vault", mayAsk: asking, milliseconds: 20_000)
    }

    @Test func aKeyIsKeptReplacedAndRemoved() throws {
        let bus = try DesktopBus(.gnome)
        let probe = try #require(try HelperProcess.ask(request(.probe), on: bus))
        #expect(probe == .init(outcome: .done, text: "Login"))
        #expect(try HelperProcess.ask(request(.get), on: bus) == .init(outcome: .nothing))
        #expect(try HelperProcess.ask(request(.set), key: Self.key, on: bus) == .init(outcome: .done))
        #expect(try HelperProcess.ask(request(.get), on: bus) == .init(outcome: .done, key: Self.key))
        // The control: it is really there, for any program of this desktop.
        #expect(bus.lookup(["slot", "0011223344556677"]) == Self.key)
        #expect(try HelperProcess.ask(request(.get, slot: "ffff"), on: bus)?.outcome == .nothing)
        let next = String(Self.key.reversed())
        #expect(try HelperProcess.ask(request(.set), key: next, on: bus)?.outcome == .done)
        #expect(try HelperProcess.ask(request(.get), on: bus)?.key == next)
        #expect(try HelperProcess.ask(request(.set, slot: "other"), key: Self.key, on: bus)?.outcome == .done)
        #expect(try HelperProcess.ask(request(.remove), on: bus)?.outcome == .done)
        #expect(try HelperProcess.ask(request(.get), on: bus)?.outcome == .nothing)
        #expect(try HelperProcess.ask(request(.get, slot: "other"), on: bus)?.key == Self.key)
        #expect(try HelperProcess.ask(request(.remove), on: bus)?.outcome == .nothing)
    }

    @Test func aLockedKeyringSaysSoAndAsksOnlyWhenItMay() throws {
        let bus = try DesktopBus(.gnome)
        #expect(try HelperProcess.ask(request(.set), key: Self.key, on: bus)?.outcome == .done)
        bus.lock()
        #expect(try HelperProcess.ask(request(.probe), on: bus)?.isLocked == true)
        for verb in [KeyringRequest.Verb.get, .remove] {
            #expect(try HelperProcess.ask(request(verb), on: bus) == .init(outcome: .locked))
        }
        #expect(try HelperProcess.ask(request(.set), key: Self.key, on: bus)?.outcome == .locked)
        // There is no desktop here that could ask, so whoever may ask is told no.
        #expect(try HelperProcess.ask(request(.get, asking: true), on: bus)?.outcome == .dismissed)
    }

    @Test func aCollectionIsFoundByItsName() throws {
        let bus = try DesktopBus(.gnome)
        var named = request(.set)
        named.collection = "Login"
        #expect(try HelperProcess.ask(named, key: Self.key, on: bus)?.outcome == .done)
        named.collection = "No such"
        #expect(try HelperProcess.ask(named, key: Self.key, on: bus)?.outcome == .noCollection)
        named.verb = .probe
        #expect(try HelperProcess.ask(named, on: bus)?.outcome == .noCollection)
    }
}
