// swift-tools-version: 6.2

// A package of somebody else, who knows of Kist what its documentation says and no more. CI builds and runs it.
import PackageDescription

let package = Package(
    name: "outsider",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "kist", path: "../.."),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // One request with async-http-client.
        .executableTarget(
            name: "Fetch",
            dependencies: [
                .product(name: "KistClientHTTP", package: "kist"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        // A web service that calls another one.
        .executableTarget(
            name: "Service",
            dependencies: [
                .product(name: "KistClientHTTP", package: "kist"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
        // A job of a command line that needs no HTTP library.
        .executableTarget(name: "Nightly", dependencies: [.product(name: "KistClient", package: "kist")]),
    ],
    swiftLanguageModes: [.v6]
)

// Every piece of Swift in KistClient's articles; Tests/Outsider/run writes it there.
if Context.environment["KIST_ARTICLES"] != nil {
    package.targets.append(
        .target(
            name: "Articles",
            dependencies: [
                .product(name: "KistClientHTTP", package: "kist"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]))
}
