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

variable "deploy_token" {
  description = "The token of a group deploy token with the scope read_registry."
  type        = string
  ephemeral   = true
}

resource "bahriya_registry" "gitlab" {
  handle   = "gitlab-deploy"
  name     = "GitLab Container Registry"
  server   = "registry.gitlab.com"
  username = "gitlab+deploy-token-1234567" # the username of the deploy token

  password_wo         = var.deploy_token
  password_wo_version = "1234567" # the id of the deploy token
}
