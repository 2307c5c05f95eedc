variable "ghcr_token" {
  type      = string
  ephemeral = true
}

data "bahriya_project" "shop" {
  handle = "shop"
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.ghcr_token
  password_wo_version = "2026-06"
}

resource "bahriya_project_registry_attachment" "shop_ghcr" {
  project_id = data.bahriya_project.shop.id
  handle     = bahriya_registry.ghcr.handle
}
