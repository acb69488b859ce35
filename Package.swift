// swift-tools-version: 6.2

import PackageDescription

/// House rules for every module: Swift 6 mode, explicit existentials, internal imports, warnings are errors.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// C sources: warnings are errors here too.
let cHouse: [CSetting] = [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let asyncAlgorithms: Target.Dependency = .product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], settings: [SwiftSetting] = house
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)", exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "KistTestKit"] + dependencies,
        path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: house)
}

let package = Package(
    name: "kist",
    products: [
        .library(name: "KistClient", targets: ["KistClient"]),
        .library(name: "KistClientHTTP", targets: ["KistClientHTTP"]),
        .executable(name: "kist", targets: ["kist"]),
        .executable(name: "kist-agent", targets: ["kist-agent"]),
        .executable(name: "kist-courier", targets: ["kist-courier"]),
        .executable(name: "kist-helper", targets: ["kist-helper"]),
        .executable(name: "kist-keyring", targets: ["kist-keyring"]),
        .executable(name: "kist-prompter", targets: ["kist-prompter"]),
        .executable(name: "kist-proxy", targets: ["kist-proxy"]),
    ],
    dependencies: [
        // The command line: parsing, help and completions.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // SQLite with statements, transactions and errors that were thought through.
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        // The proxy: an HTTP server that reads requests strictly, and a client with a pool of connections. The client is
        // also what KistClientHTTP puts headers on.
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        // Its channel hands a body on as slowly as the other side takes it.
        .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
    ],
    targets: [
        // C, each seen by one Swift module (libsodium by two).
        .systemLibrary(
            name: "CSodium", path: "Sources/C/CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "CShortStart", path: "Sources/C/CShortStart", cSettings: cHouse),
        .target(name: "CPlatformFiles", path: "Sources/C/CPlatformFiles", cSettings: cHouse),
        .target(name: "CKistPosix", path: "Sources/C/CKistPosix", cSettings: cHouse),
        .systemLibrary(
            name: "CCurlSystem", path: "Sources/C/CCurlSystem", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "CSigning", path: "Sources/C/CSigning", cSettings: cHouse, linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CCurl", dependencies: ["CCurlSystem"], path: "Sources/C/CCurl", cSettings: cHouse),
        .systemLibrary(
            name: "CLibSecretSystem", path: "Sources/C/CLibSecretSystem", pkgConfig: "libsecret-1",
            providers: [.apt(["libsecret-1-dev"])]),
        .target(
            name: "CLibSecret", dependencies: ["CLibSecretSystem"], path: "Sources/C/CLibSecret", cSettings: cHouse),
        .target(
            name: "CSQLiteGuards", dependencies: [grdbSQLite], path: "Sources/C/CSQLiteGuards", cSettings: cHouse),

        // 0: the words of the domain, and the operating system.
        module("KistModel"),
        module("KistPosix", ["CKistPosix"]),
        // 1: locked memory, sealing, the store port.
        module("SecretMemory", ["CSodium"]),
        module("KistStore", ["KistModel"]),
        module("KistCrypto", ["KistModel", "SecretMemory", "CSodium"]),
        // 2: use cases, wire forms, platform knowledge.
        module(
            "KistVault", ["KistModel", "SecretMemory", "KistCrypto", "KistStore"],
            exclude: ["Format.md", "Backup.md", "Audit.md"]),
        module("KistBundle", ["KistModel", "SecretMemory", "KistCrypto"], exclude: ["Bundle.md"]),
        module("KistProtocol", ["KistModel"], exclude: ["AgentProtocol.md"]),
        module("KistMasking", ["SecretMemory"]),
        module(
            "KistPlatforms", ["KistModel", "SecretMemory", "CPlatformFiles"], exclude: ["Platforms.md", "Data"]),
        // What git, docker, AWS and other tools say to a helper, and hear from it.
        module("KistProviders", ["KistModel", "SecretMemory"], exclude: ["JSONLines/JSONLines.md"]),
        // 3: adapters.
        module("StoreSQLite", ["KistModel", "KistStore", "CSQLiteGuards", grdb, grdbSQLite]),
        module("KistConnection", ["KistModel", "KistPosix", "SecretMemory", "KistProtocol"]),
        // 4: the library others import, and which credential a tool gets.
        module(
            "KistClient",
            [
                "KistModel", "KistPosix", "SecretMemory", "KistCrypto", "KistBundle", "KistProtocol", "KistPlatforms",
                "KistProviders", "KistConnection",
            ]),
        module(
            "KistLogins",
            [
                "KistModel", "KistPosix", "SecretMemory", "KistProtocol", "KistPlatforms", "KistProviders",
                "KistConnection",
            ]),
        // 5: faces.
        module(
            "KistClientHTTP",
            [
                "KistClient", "KistPlatforms", "KistProtocol",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        module(
            "KistCLI",
            [
                "KistModel", "KistPosix", "SecretMemory", "KistCrypto", "KistBundle", "KistProtocol", "KistPlatforms",
                "KistMasking", "KistClient", "KistProviders", "KistLogins", argumentParser,
            ]),
        module(
            "KistHelper",
            [
                "KistModel", "KistPosix", "SecretMemory", "KistProtocol", "KistPlatforms", "KistProviders",
                "KistConnection", "KistLogins",
            ]),
        module(
            "KistAgent",
            [
                "KistModel", "KistPosix", "SecretMemory", "KistCrypto", "KistStore", "KistVault", "KistBundle",
                "KistProtocol",
            ]),
        module(
            "KistRotation",
            ["KistModel", "KistPosix", "SecretMemory", "KistProtocol", "KistPlatforms", "CCurl", "CSigning"]),
        module("KeyringLibSecret", ["KistPosix", "SecretMemory", "KistProtocol", "CLibSecret"]),
        module("KistPrompter", ["KistPosix", "KistProtocol"]),
        module(
            "KistProxy",
            ["KistModel", "KistPosix", "SecretMemory", "KistProtocol", nioSSL, asyncHTTPClient, asyncAlgorithms] + nio),
        // 6: executables, composing only.
        .executableTarget(
            name: "kist", dependencies: ["KistCLI", "KistPosix", "CShortStart"], path: "Sources/kist",
            swiftSettings: house),
        .executableTarget(
            name: "kist-agent", dependencies: ["KistAgent", "KistPosix", "StoreSQLite"], path: "Sources/kist-agent",
            swiftSettings: house),
        .executableTarget(
            name: "kist-courier", dependencies: ["KistRotation", "KistPosix"], path: "Sources/kist-courier",
            swiftSettings: house),
        .executableTarget(
            name: "kist-helper", dependencies: ["KistHelper", "KistPosix", "CShortStart"],
            path: "Sources/kist-helper", swiftSettings: house),
        .executableTarget(
            name: "kist-keyring", dependencies: ["KeyringLibSecret", "KistPosix"], path: "Sources/kist-keyring",
            swiftSettings: house),

        .executableTarget(
            name: "kist-prompter", dependencies: ["KistPrompter", "KistPosix"], path: "Sources/kist-prompter",
            swiftSettings: house),

        .executableTarget(
            name: "kist-proxy", dependencies: ["KistProxy", "KistPosix"], path: "Sources/kist-proxy",
            swiftSettings: house),

        // Never shipped.
        .executableTarget(
            name: "vault-bench",
            dependencies: [
                "KistModel", "SecretMemory", "KistCrypto", "KistStore", "KistVault", "StoreSQLite", "KistAgent",
                "KistMasking",
            ],
            path: "Tests/Benchmarks/VaultBench", swiftSettings: house),
        .executableTarget(
            name: "client-bench", dependencies: ["KistClient"], path: "Tests/Benchmarks/ClientBench",
            swiftSettings: house),
        .executableTarget(
            name: "vault-campaign",
            dependencies: [
                "KistModel", "SecretMemory", "KistCrypto", "KistStore", "KistVault", "StoreSQLite", "KistTestKit",
            ],
            path: "Tests/Campaigns/VaultCampaign", swiftSettings: house),
        module("KistTestKit", ["KistModel", "KistStore", "SecretMemory", "KistPosix"]),
        tests("KistModel"),
        tests("KistPosix"),
        tests("SecretMemory"),
        tests("KistCrypto", ["SecretMemory"]),
        tests("KistVault", ["SecretMemory", "KistCrypto", "KistStore", "KistModel", "StoreSQLite"]),
        tests("KistBundle", ["SecretMemory", "KistCrypto", "KistModel"]),
        tests("KistProtocol", ["KistModel"]),
        tests("KistPlatforms", ["KistModel", "SecretMemory"]),
        tests("KistMasking", ["SecretMemory"]),
        tests("KistProviders", ["SecretMemory", "KistModel"]),
        tests("StoreSQLite", ["KistStore", "KistModel", grdb, grdbSQLite]),
        tests("KistProxy", ["SecretMemory", nio[2]]),
        tests("KistConnection", ["KistProtocol", "KistModel", "KistPosix"]),
        tests(
            "KistClient", ["SecretMemory", "KistProtocol", "KistModel", "KistPosix", "KistBundle", "KistCrypto"]),
        tests(
            "KistCLI",
            [
                "KistModel", "SecretMemory", "KistCrypto", "KistPlatforms", "KistProtocol", "KistPosix", "KistClient",
                "KistBundle", "KistProviders", "KistLogins", argumentParser,
            ], exclude: ["Formats/readers.py"]),
        tests(
            "KistAgent",
            [
                "SecretMemory", "KistModel", "KistProtocol", "KistVault", "StoreSQLite", "KistPosix", "KistClient",
                "KistStore", "KistBundle", "KistCrypto",
            ]),
        tests("KistPrompter", ["kist-prompter", "KistProtocol", "KistPosix"]),
        tests(
            "KeyringLibSecret", ["kist-keyring", "SecretMemory", "KistProtocol", "KistPosix"],
            exclude: ["Bench/stand_in.py"]),
        tests(
            "KistRotation", ["kist-courier", "KistModel", "SecretMemory", "KistPlatforms", "KistProtocol", "KistPosix"]),
    ],
    swiftLanguageModes: [.v6]
)

// Parsers against libFuzzer: only with the flags that Scripts/fuzz gives.
if Context.environment["KIST_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "kist-fuzz",
            dependencies: [
                "KistModel", "SecretMemory", "KistCrypto", "KistStore", "KistVault", "KistProtocol", "KistPlatforms",
                "KistMasking",
                "KistBundle", "KistAgent", "KistCLI", "KistProviders", "KistTestKit",
            ],
            path: "Tests/Fuzzing/KistFuzz", swiftSettings: house))
}
