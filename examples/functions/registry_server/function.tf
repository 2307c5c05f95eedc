variable "image" {
  type    = string
  default = "ghcr.io/my-org/api:1.4.0"
}

variable "token" {
  type      = string
  ephemeral = true
}

# The server always fits the image.
resource "bahriya_registry" "api" {
  handle   = "api-images"
  name     = "Images of the API"
  server   = provider::bahriya::registry_server(var.image)
  username = "acme-bot"

  password_wo         = var.token
  password_wo_version = "1"
}
