/// The platform files that are part of the program.
package enum BuiltInPlatforms {
    package static let names: [String] = sources.keys.sorted()

    /// The text of one file; nothing is parsed here.
    package static func text(of name: String) -> String? {
        sources[name].map { String(decoding: $0(), as: UTF8.self) }
    }

    /// Each `Data/*.toml`, by the name of its platform.
    private static let sources: [String: @Sendable () -> [UInt8]] = [
        "anthropic": { PackageResources.anthropic_toml },
        "aws": { PackageResources.aws_toml },
        "azure": { PackageResources.azure_toml },
        "azure-openai": { PackageResources.azure_openai_toml },
        "cargo-registry": { PackageResources.cargo_registry_toml },
        "cloudera-ml": { PackageResources.cloudera_ml_toml },
        "cloudera-ml-legacy": { PackageResources.cloudera_ml_legacy_toml },
        "cloudera-ml-model": { PackageResources.cloudera_ml_model_toml },
        "cohere": { PackageResources.cohere_toml },
        "databricks": { PackageResources.databricks_toml },
        "docker-registry": { PackageResources.docker_registry_toml },
        "epigos": { PackageResources.epigos_toml },
        "fields": { PackageResources.fields_toml },
        "gcp-service-account": { PackageResources.gcp_service_account_toml },
        "gcp-workload-identity": { PackageResources.gcp_workload_identity_toml },
        "gemini": { PackageResources.gemini_toml },
        "github": { PackageResources.github_toml },
        "gitlab": { PackageResources.gitlab_toml },
        "http-api-key": { PackageResources.http_api_key_toml },
        "huggingface": { PackageResources.huggingface_toml },
        "kaggle": { PackageResources.kaggle_toml },
        "kaskada": { PackageResources.kaskada_toml },
        "kubernetes": { PackageResources.kubernetes_toml },
        "kumo": { PackageResources.kumo_toml },
        "kumo-rfm": { PackageResources.kumo_rfm_toml },
        "kumo-snowpark": { PackageResources.kumo_snowpark_toml },
        "langsmith": { PackageResources.langsmith_toml },
        "login": { PackageResources.login_toml },
        "mistral": { PackageResources.mistral_toml },
        "mlflow": { PackageResources.mlflow_toml },
        "npm": { PackageResources.npm_toml },
        "oauth2-client-credentials": { PackageResources.oauth2_client_credentials_toml },
        "openai": { PackageResources.openai_toml },
        "postgres": { PackageResources.postgres_toml },
        "pypi": { PackageResources.pypi_toml },
        "snowflake": { PackageResources.snowflake_toml },
        "wandb": { PackageResources.wandb_toml },
    ]
}
