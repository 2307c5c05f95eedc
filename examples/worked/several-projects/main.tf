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
  type      = string
  ephemeral = true
}

variable "projects" {
  description = "The handles of the projects that use the registry."
  type        = set(string)
  default     = ["shop", "lab"]
}

data "bahriya_project" "this" {
  for_each = var.projects
  handle   = each.key
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.ghcr_token
  password_wo_version = "2026-06"
}

resource "bahriya_project_registry_attachment" "this" {
  for_each   = data.bahriya_project.this
  project_id = each.value.id
  handle     = bahriya_registry.ghcr.handle
}

output "dollars_a_month" {
  value = provider::bahriya::monthly_cost([
    for project in data.bahriya_project.this : length(project.regions)
  ])
}
