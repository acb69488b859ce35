package import KistConnection
package import KistModel
internal import KistPlatforms
package import KistProtocol
package import KistProviders
package import SecretMemory

/// A registry's token as cargo takes it.
package enum CargoToken {
    package static let platform = "cargo-registry"
    package static let indexField = "index"
    private static let tokenField = "token"

    /// The few of possibly thousands that can be meant; `nil` for an index that is no address.
    package static func filter(_ index: String) -> [ListFilter]? {
        guard let host = host(index) else { return nil }
        return [ListFilter(platform: platform, holds: host.split(separator: ":").first.map(String.init) ?? host)]
    }

    /// The credentials for this very index, the one changed last first.
    package static func find(_ index: String, among overviews: [Overview]) -> [Overview] {
        let wanted = CargoRequest.bare(index)
        return
            overviews
            .filter { overview in
                overview.platform == platform
                    && overview.plain.contains {
                        $0.name.description == indexField && CargoRequest.bare($0.value) == wanted
                    }
            }
            .sorted { ($0.modified, $0.revision) > ($1.modified, $1.revision) }
    }

    /// The one to be offered, of those that were found: not what was refused there, rather one that is good still.
    package static func offered(_ found: [Overview], at index: String, now: Timestamp) -> Overview? {
        let host = host(index)
        let open = found.filter { overview in !overview.rejections.contains { $0.host == host } }
        return open.first { !$0.expiry.isPast(at: now) } ?? open.first
    }

    /// The host of an index as refusals of it are noted, with its port when that is unusual.
    package static func host(_ index: String) -> String? {
        WebAddress(CargoRequest.bare(index)).map { String($0.originText.drop { $0 != "/" }.dropFirst(2)) }
    }

    package static func question(
        _ request: borrowing CargoRequest, _ overview: Overview
    ) throws(LoginFault) -> RevealRequest {
        guard let token = overview.secrets.first(where: { $0.description == tokenField }) else {
            throw LoginFault("\(overview.name) has no token")
        }
        let why = ["cargo", request.operation, request.package].compactMap { $0 }.joined(separator: " ")
        return RevealRequest(
            wants: [Want(profile: overview.profile, name: overview.name, fields: [token])], purpose: .provider,
            reason: why)
    }

    package static func answer(
        _ overview: Overview, _ token: borrowing SecretBytes
    ) throws(ProviderRefusal) -> SecretBytes {
        var expiration: Int64?
        if case .at(let end) = overview.expiry { expiration = end.seconds }
        return try CargoAnswer.token(token, expiration: expiration)
    }

    /// The token itself, in the answer to `question`.
    package static func token(_ reply: borrowing RevealReply, of overview: Overview) throws(LoginFault) -> SecretBytes {
        guard let field = reply.items.first?.fields.first, field.name.description == tokenField else {
            throw LoginFault("\(overview.name) has no token")
        }
        return reply.segments.segment(field.segment)
    }
}
