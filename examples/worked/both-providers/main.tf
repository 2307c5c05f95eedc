terraform {
  required_version = ">= 1.11"
  required_providers {
    # The official provider keeps the name that its resource types begin with.
    bahriya = {
      source  = "bahriya-cloud/bahriya"
      version = "~> 0.3"
    }
    # This one needs a local name of its own.
    bahriya-rs = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
  }
}

# Both read BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID.
provider "bahriya" {}
provider "bahriya-rs" {}

variable "ghcr_token" {
  type      = string
  ephemeral = true
}

# What the official provider manages. It needs no `provider` argument.
resource "bahriya_project" "shop" {
  handle  = "shop-front"
  name    = "Shop"
  regions = ["falkenstein-1"]
}

# What this one manages.
resource "bahriya_registry" "ghcr" {
  provider = bahriya-rs
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.ghcr_token
  password_wo_version = "2026-06"
}

resource "bahriya_project_registry_attachment" "shop" {
  provider   = bahriya-rs
  project_id = bahriya_project.shop.id
  handle     = bahriya_registry.ghcr.handle
}

# Functions are called by the local name too.
output "server" {
  value = provider::bahriya-rs::registry_server("ghcr.io/acme/api:1.4.0")
}
