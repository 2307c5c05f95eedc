terraform {
  required_version = ">= 1.11"
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.0"
    }
  }
}

# VAULT_ADDR and VAULT_TOKEN come from the environment.
provider "vault" {}

# BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID come from the environment.
provider "bahriya" {}

variable "secret_version" {
  description = "The version of the secret in Vault. Raise it to rotate; lower it to roll back."
  type        = number
  default     = 7
}

ephemeral "vault_kv_secret_v2" "ghcr" {
  mount   = "secret"
  name    = "registries/ghcr"
  version = var.secret_version
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = ephemeral.vault_kv_secret_v2.ghcr.data["token"]
  password_wo_version = var.secret_version
}
