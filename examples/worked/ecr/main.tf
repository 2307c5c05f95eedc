terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
  }
}

# Credentials and region come from the environment, as with any use of AWS.
provider "aws" {}

# BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID come from the environment.
provider "bahriya" {}

variable "ecr_server" {
  type    = string
  default = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
}

variable "renewal" {
  description = "Any text that is new for every renewal, such as the date and hour."
  type        = string
}

ephemeral "aws_ecr_authorization_token" "this" {}

resource "bahriya_registry" "ecr" {
  handle   = "ecr"
  name     = "Amazon ECR"
  server   = var.ecr_server
  username = "AWS"

  password_wo         = ephemeral.aws_ecr_authorization_token.this.password
  password_wo_version = var.renewal
}
