# A registry whose password is never stored, attached to a project. `make demo` plays its life with this file.

terraform {
  required_providers {
    bahriya = {
      source = "bahriya-rs/bahriya"
    }
  }
}

# token, organisation_id and base_url come from BAHRIYA_TOKEN, BAHRIYA_ORGANISATION_ID and BAHRIYA_API_URL.
provider "bahriya" {}

variable "server" {
  type    = string
  default = "ghcr.io"
}

variable "password" {
  type      = string
  ephemeral = true
}

data "bahriya_project" "shop" {
  handle = "shop"
}

resource "bahriya_registry" "deploy" {
  handle   = "deploy"
  name     = "Deploy token"
  server   = var.server
  username = "deploy-bot"

  password_wo         = var.password
  password_wo_version = "1"
}

resource "bahriya_project_registry_attachment" "deploy" {
  project_id = data.bahriya_project.shop.id
  handle     = bahriya_registry.deploy.handle
}

output "current_version" {
  value = bahriya_registry.deploy.current_version
}
