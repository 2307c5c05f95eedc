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

variable "handle" {
  type    = string
  default = "ghcr-deploy"
}

variable "ghcr_token" {
  type      = string
  ephemeral = true
}

variable "token_version" {
  type    = string
  default = "2026-06"
}

resource "bahriya_registry" "ghcr" {
  handle   = var.handle
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.ghcr_token
  password_wo_version = var.token_version
}

output "handle" {
  value = bahriya_registry.ghcr.handle
}

output "current_version" {
  value = bahriya_registry.ghcr.current_version
}
