/// That a place refused a credential: it is not offered there any more, until it is changed. The credential itself stays.
package struct Rejection: Hashable, Sendable {
    /// `host`, or `host:port`.
    package var host: String
    /// The revision that was refused.
    package var revision: UInt64
    package var when: Timestamp

    /// Of one credential; the oldest go.
    package static let most = 8
    /// Bytes of a host: a name of 253 and a port.
    package static let longestHost = 255

    package init(host: String, revision: UInt64, when: Timestamp) {
        self.host = host
        self.revision = revision
        self.when = when
    }

    /// Whether it can be a host with a port: printable ASCII without blanks.
    package var isWritable: Bool {
        (1...Self.longestHost).contains(host.utf8.count) && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && when.isWritable
    }
}
