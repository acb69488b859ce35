private import AsyncHTTPClient
private import KistModel
package import NIOCore
package import NIOHTTP1
private import NIOPosix
private import NIOSSL

/// Listens on 127.0.0.1, and hands each admitted request to the platform.
package struct ProxyServer: Sendable {
    package typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Listener = NIOAsyncChannel<Connection, Never>

    package let port: Int
    private let listener: Listener
    private let exchange: Exchange

    package struct CannotListen: Error { package let port: Int }

    package static func start(
        _ order: ProxyOrder, _ substitution: Substitution, log: RequestLog
    ) async throws -> ProxyServer {
        let listener: Listener
        do {
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: "127.0.0.1", port: order.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch { throw CannotListen(port: order.port) }
        guard let port = listener.channel.localAddress?.port else { throw CannotListen(port: order.port) }
        let exchange = Exchange(
            guarding: RequestGuard(port: port, rules: order.rules, base: order.base), substitution: substitution,
            fields: order.fields,
            client: HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration(order)),
            origin: order.origin, log: log)
        return ProxyServer(port: port, listener: listener, exchange: exchange)
    }

    /// Serves until the process ends.
    package func serve() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { await exchange.serve(connection) }
                }
            }
        }
    }

    private static func configuration(_ order: ProxyOrder) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities = order.authorities { tls.trustRoots = .file(authorities) }
        var settings = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)), decompression: .disabled)
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        if let via = order.via?.split(separator: ":"), via.count == 2, let port = Int(via[1]) {
            settings.proxy = .server(host: String(via[0]), port: port)
        }
        return settings
    }
}
