variable "stub" {
  type      = string
  ephemeral = true
}

locals {
  ghcr_token = var.stub
}
