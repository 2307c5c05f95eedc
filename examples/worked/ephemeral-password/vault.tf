terraform {
  required_version = ">= 1.11"
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.0"
    }
  }
}

