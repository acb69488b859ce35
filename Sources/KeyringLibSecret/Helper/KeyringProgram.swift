private import Glibc
private import KistPosix
private import KistProtocol
private import SecretMemory

/// `kist-keyring`: reads one frame from descriptor 0, asks the Secret Service once, answers one frame, ends.
///
/// It is the only program of Kist that links GLib and speaks to the desktop's message bus. It has no vault and no
/// connection to the agent; what it handles is one unlocking key.
package enum KeyringProgram {
    /// Seconds beyond the request's own time until the process ends itself, whatever libsecret waits for.
    private static let grace: UInt32 = 2

    /// - Returns: the exit status: 0 when an answer was sent, 1 when nobody asked properly.
    package static func main() -> Int32 {
        let socket = Descriptor(owning: 0)
        alarm(10)
        guard let frame = try? KeyringFrame.receive(socket), let json = try? JSONParser.parse(frame.header),
            let request = try? KeyringRequest(json: json),
            frame.segments.count == (request.verb.bringsText ? 1 : 0)
        else { return 1 }
        alarm(UInt32(request.milliseconds / 1_000) + 1 + grace)
        var key = SecretBuffer()
        let answer: KeyringAnswer
        switch request.verb {
        case .probe: answer = SecretService.probe(request)
        case .get, .recall: answer = SecretService.get(request, into: &key)
        case .set, .remember: answer = frame.segments.withSegment(0) { SecretService.set(request, $0) }
        case .remove: answer = SecretService.remove(request)
        case .others: answer = SecretService.others(request, into: &key)
        }
        let sent: Void? = try? KeyringFrame.send(answer, key, socket)
        return sent == nil ? 1 : 0
    }
}
