variable "stub" {
  type      = string
  ephemeral = true
}

locals {
  ecr_token = var.stub
}
