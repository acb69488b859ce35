import Glibc
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// `kist-courier`: reads one frame from descriptor 0, makes one call, answers one frame, ends.
///
/// It is the only program of Kist that talks to the network, and it lives for one call.
package enum CourierProgram {
    /// - Returns: the exit status: 0 when an answer was sent, 1 when nobody asked properly.
    package static func main() -> Int32 {
        let socket = Descriptor(owning: 0)
        // Should anything hang that no other limit catches, this ends it.
        alarm(30)
        guard let frame = try? CourierFrame.receive(socket) else { return 1 }
        if let keys = temporaryKeys(frame) {
            let sent: Void? = try? CourierFrame.send(keys.json, keys.segments, socket)
            return sent == nil ? 1 : 0
        }
        let answer = report(frame)
        let sent: Void? = try? CourierFrame.send(answer.json, socket)
        return sent == nil ? 1 : 0
    }

    /// `nil` when something else is asked for.
    private static func temporaryKeys(_ frame: borrowing CourierFrame) -> TemporaryKeysReport? {
        guard let json = try? JSONParser.parse(frame.header), json["method"]?.string == "temporaryKeys" else {
            return nil
        }
        guard let request = try? TemporaryKeys(json: json, segments: frame.segments.count) else {
            return TemporaryKeysReport(why: "the courier did not understand the request")
        }
        return request.run(settings, frame.segments)
    }

    private static func report(_ frame: borrowing CourierFrame) -> CheckReport {
        do {
            let json = try JSONParser.parse(frame.header)
            let check = try CourierRequest.read(json, segments: frame.segments.count)
            return check.run(settings, frame.segments)
        } catch let error as PlatformError {
            return CheckReport(.unknown, why: "the platform cannot be read: \(Harmless.word(error.description.utf8))")
        } catch { return CheckReport(.unknown, why: "the courier did not understand the request") }
    }

    /// From the few variables that `kist` hands on.
    private static var settings: NetworkSettings {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { Environment.value($0) }.first { !$0.isEmpty }
        }
        var settings = NetworkSettings()
        settings.proxy = value("https_proxy", "HTTPS_PROXY")
        settings.noProxy = value("no_proxy", "NO_PROXY")
        settings.authorities = value("SSL_CERT_FILE")
        return settings
    }
}
