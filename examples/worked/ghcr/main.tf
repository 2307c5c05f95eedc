terraform {
  required_version = ">= 1.11"
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
  }
}

# BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID come from the environment.
provider "bahriya" {}

variable "ghcr_token" {
  description = "A classic personal access token with the scope read:packages."
  type        = string
  ephemeral   = true
}

data "bahriya_project" "shop" {
  handle = "shop"
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot" # the account that owns the token

  password_wo         = var.ghcr_token
  password_wo_version = "2026-06"
}

resource "bahriya_project_registry_attachment" "shop" {
  project_id = data.bahriya_project.shop.id
  handle     = bahriya_registry.ghcr.handle
}
