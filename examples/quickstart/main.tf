# A registry whose password is never stored, attached to a project.

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

variable "name" {
  type    = string
  default = "Deploy token"
}

variable "username" {
  type    = string
  default = "deploy-bot"
}

variable "password" {
  type      = string
  ephemeral = true
}

variable "password_version" {
  type    = string
  default = "1"
}

variable "active_version" {
  type    = number
  default = null
}

data "bahriya_project" "shop" {
  handle = "shop"
}

resource "bahriya_registry" "deploy" {
  handle   = "deploy"
  name     = var.name
  server   = var.server
  username = var.username

  password_wo         = var.password
  password_wo_version = var.password_version

  active_version = var.active_version
}

resource "bahriya_project_registry_attachment" "deploy" {
  project_id = data.bahriya_project.shop.id
  handle     = bahriya_registry.deploy.handle
}

output "current_version" {
  value = bahriya_registry.deploy.current_version
}
