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

variable "docker_hub_token" {
  description = "A personal access token with the permission to read."
  type        = string
  ephemeral   = true
}

resource "bahriya_registry" "docker_hub" {
  handle   = "docker-hub"
  name     = "Docker Hub"
  server   = "docker.io" # not hub.docker.com, and not registry-1.docker.io
  username = "acme"      # the Docker ID, not the e-mail address

  password_wo         = var.docker_hub_token
  password_wo_version = "2026-06"
}
