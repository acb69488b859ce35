private import KistProtocol

/// Which Kist this is: client and agent are released together.
package enum Release {
    package static let version = AgentProtocol.release
}
