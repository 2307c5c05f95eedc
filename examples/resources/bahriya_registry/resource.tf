# An ephemeral variable is not stored either. Set it with TF_VAR_ghcr_token.
variable "ghcr_token" {
  type      = string
  ephemeral = true
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = var.ghcr_token
  password_wo_version = "2026-06" # change it together with the token
}
