#include "CPlatformFiles.h"

/* Each file of Data as it is, in memory that is only read: nothing of it is copied or changed when a program starts. */

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char anthropic[] = {
#embed "../../KistPlatforms/Data/anthropic.toml"
};
static const unsigned char aws[] = {
#embed "../../KistPlatforms/Data/aws.toml"
};
static const unsigned char azure[] = {
#embed "../../KistPlatforms/Data/azure.toml"
};
static const unsigned char azure_openai[] = {
#embed "../../KistPlatforms/Data/azure_openai.toml"
};
static const unsigned char cargo_registry[] = {
#embed "../../KistPlatforms/Data/cargo_registry.toml"
};
static const unsigned char cloudera_ml[] = {
#embed "../../KistPlatforms/Data/cloudera_ml.toml"
};
static const unsigned char cloudera_ml_legacy[] = {
#embed "../../KistPlatforms/Data/cloudera_ml_legacy.toml"
};
static const unsigned char cloudera_ml_model[] = {
#embed "../../KistPlatforms/Data/cloudera_ml_model.toml"
};
static const unsigned char cohere[] = {
#embed "../../KistPlatforms/Data/cohere.toml"
};
static const unsigned char databricks[] = {
#embed "../../KistPlatforms/Data/databricks.toml"
};
static const unsigned char docker_registry[] = {
#embed "../../KistPlatforms/Data/docker_registry.toml"
};
static const unsigned char epigos[] = {
#embed "../../KistPlatforms/Data/epigos.toml"
};
static const unsigned char fields[] = {
#embed "../../KistPlatforms/Data/fields.toml"
};
static const unsigned char gcp_service_account[] = {
#embed "../../KistPlatforms/Data/gcp_service_account.toml"
};
static const unsigned char gcp_workload_identity[] = {
#embed "../../KistPlatforms/Data/gcp_workload_identity.toml"
};
static const unsigned char gemini[] = {
#embed "../../KistPlatforms/Data/gemini.toml"
};
static const unsigned char github[] = {
#embed "../../KistPlatforms/Data/github.toml"
};
static const unsigned char gitlab[] = {
#embed "../../KistPlatforms/Data/gitlab.toml"
};
static const unsigned char http_api_key[] = {
#embed "../../KistPlatforms/Data/http_api_key.toml"
};
static const unsigned char huggingface[] = {
#embed "../../KistPlatforms/Data/huggingface.toml"
};
static const unsigned char kaggle[] = {
#embed "../../KistPlatforms/Data/kaggle.toml"
};
static const unsigned char kaskada[] = {
#embed "../../KistPlatforms/Data/kaskada.toml"
};
static const unsigned char kubernetes[] = {
#embed "../../KistPlatforms/Data/kubernetes.toml"
};
static const unsigned char kumo[] = {
#embed "../../KistPlatforms/Data/kumo.toml"
};
static const unsigned char kumo_rfm[] = {
#embed "../../KistPlatforms/Data/kumo_rfm.toml"
};
static const unsigned char kumo_snowpark[] = {
#embed "../../KistPlatforms/Data/kumo_snowpark.toml"
};
static const unsigned char langsmith[] = {
#embed "../../KistPlatforms/Data/langsmith.toml"
};
static const unsigned char login[] = {
#embed "../../KistPlatforms/Data/login.toml"
};
static const unsigned char mistral[] = {
#embed "../../KistPlatforms/Data/mistral.toml"
};
static const unsigned char mlflow[] = {
#embed "../../KistPlatforms/Data/mlflow.toml"
};
static const unsigned char npm[] = {
#embed "../../KistPlatforms/Data/npm.toml"
};
static const unsigned char oauth2_client_credentials[] = {
#embed "../../KistPlatforms/Data/oauth2_client_credentials.toml"
};
static const unsigned char openai[] = {
#embed "../../KistPlatforms/Data/openai.toml"
};
static const unsigned char postgres[] = {
#embed "../../KistPlatforms/Data/postgres.toml"
};
static const unsigned char pypi[] = {
#embed "../../KistPlatforms/Data/pypi.toml"
};
static const unsigned char snowflake[] = {
#embed "../../KistPlatforms/Data/snowflake.toml"
};
static const unsigned char wandb[] = {
#embed "../../KistPlatforms/Data/wandb.toml"
};

#define FILE_OF(name, bytes) {name, sizeof(bytes), bytes}

/* By the name of the platform, sorted. */
static const struct kist_platform_file files[] = {
    FILE_OF("anthropic", anthropic),
    FILE_OF("aws", aws),
    FILE_OF("azure", azure),
    FILE_OF("azure-openai", azure_openai),
    FILE_OF("cargo-registry", cargo_registry),
    FILE_OF("cloudera-ml", cloudera_ml),
    FILE_OF("cloudera-ml-legacy", cloudera_ml_legacy),
    FILE_OF("cloudera-ml-model", cloudera_ml_model),
    FILE_OF("cohere", cohere),
    FILE_OF("databricks", databricks),
    FILE_OF("docker-registry", docker_registry),
    FILE_OF("epigos", epigos),
    FILE_OF("fields", fields),
    FILE_OF("gcp-service-account", gcp_service_account),
    FILE_OF("gcp-workload-identity", gcp_workload_identity),
    FILE_OF("gemini", gemini),
    FILE_OF("github", github),
    FILE_OF("gitlab", gitlab),
    FILE_OF("http-api-key", http_api_key),
    FILE_OF("huggingface", huggingface),
    FILE_OF("kaggle", kaggle),
    FILE_OF("kaskada", kaskada),
    FILE_OF("kubernetes", kubernetes),
    FILE_OF("kumo", kumo),
    FILE_OF("kumo-rfm", kumo_rfm),
    FILE_OF("kumo-snowpark", kumo_snowpark),
    FILE_OF("langsmith", langsmith),
    FILE_OF("login", login),
    FILE_OF("mistral", mistral),
    FILE_OF("mlflow", mlflow),
    FILE_OF("npm", npm),
    FILE_OF("oauth2-client-credentials", oauth2_client_credentials),
    FILE_OF("openai", openai),
    FILE_OF("postgres", postgres),
    FILE_OF("pypi", pypi),
    FILE_OF("snowflake", snowflake),
    FILE_OF("wandb", wandb),
};

int kist_platform_files(void) { return sizeof files / sizeof files[0]; }

const struct kist_platform_file *kist_platform_file(int index) { return &files[index]; }
