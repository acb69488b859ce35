internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// What git found out: that a login is good (`store`), or that it was refused (`erase`).
enum GitStoring {
    static func store(_ exchange: ProviderExchange) throws(Failure) {
        let request = try GitProvider.request(exchange)
        guard let query = GitProvider.query(request, exchange), !request.isEphemeral else { return }
        _ = query
    }

    static func erase(_ exchange: ProviderExchange) throws(Failure) {
        let request = try GitProvider.request(exchange)
        guard let query = GitProvider.query(request, exchange) else { return }
        _ = query
    }
}
