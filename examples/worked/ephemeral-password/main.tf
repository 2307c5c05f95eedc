variable "secret_version" {
  description = "The version of the secret in Vault. Raise it to rotate; lower it to roll back."
  type        = number
  default     = 7
}

resource "bahriya_registry" "ghcr" {
  handle   = "ghcr-deploy"
  name     = "GitHub Container Registry"
  server   = "ghcr.io"
  username = "acme-bot"

  password_wo         = local.ghcr_token
  password_wo_version = var.secret_version
}
