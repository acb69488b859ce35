/// The platform files that are part of the program.
package enum BuiltInPlatforms {
    package static let names: [String] = sources.keys.sorted()

    /// The text of one file; nothing is parsed here.
    package static func text(of name: String) -> String? {
        sources[name].map { String(decoding: $0(), as: UTF8.self) }
    }

    /// Each `Data/*.toml`, by the name of its platform.
    private static let sources: [String: @Sendable () -> [UInt8]] = [
        "cloudera-ml": { PackageResources.cloudera_ml_toml },
        "cloudera-ml-legacy": { PackageResources.cloudera_ml_legacy_toml },
        "cloudera-ml-model": { PackageResources.cloudera_ml_model_toml },
        "epigos": { PackageResources.epigos_toml },
        "fields": { PackageResources.fields_toml },
        "http-api-key": { PackageResources.http_api_key_toml },
        "kaskada": { PackageResources.kaskada_toml },
        "kumo": { PackageResources.kumo_toml },
        "kumo-rfm": { PackageResources.kumo_rfm_toml },
        "kumo-snowpark": { PackageResources.kumo_snowpark_toml },
        "login": { PackageResources.login_toml },
        "oauth2-client-credentials": { PackageResources.oauth2_client_credentials_toml },
        "snowflake": { PackageResources.snowflake_toml },
    ]
}
