terraform {
  required_version = ">= 1.11"
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
  }
}

# BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID come from the environment.
provider "bahriya" {}

variable "robot_secret" {
  description = "The secret of the robot account."
  type        = string
  ephemeral   = true
}

resource "bahriya_registry" "harbor" {
  handle   = "harbor"
  name     = "Harbor"
  server   = "harbor.example.com:8443"
  username = "robot$library+bahriya"

  password_wo         = var.robot_secret
  password_wo_version = "2026-06"
}
