# Set it with TF_VAR_deploy_token. It is stored nowhere.
variable "deploy_token" {
  type      = string
  ephemeral = true
}

ephemeral "bahriya_registry_login" "ghcr" {
  server   = "ghcr.io"
  username = "acme-bot"
  password = var.deploy_token
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.deploy_token
  password_wo_version = "2026-06"
}
