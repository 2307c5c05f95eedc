variable "ghcr_token" {
  type      = string
  sensitive = true
}

# The password is in the state in clear text.
resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"
  password = var.ghcr_token
}
