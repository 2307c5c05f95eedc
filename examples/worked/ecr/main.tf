variable "ecr_server" {
  type    = string
  default = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
}

variable "renewal" {
  description = "Any text that is new for every renewal, such as the date and hour."
  type        = string
}

resource "bahriya_registry" "ecr" {
  handle   = "ecr"
  name     = "Amazon ECR"
  server   = var.ecr_server
  username = "AWS"

  password_wo         = local.ecr_token
  password_wo_version = var.renewal
}
