terraform {
  required_providers {
    bahriya = {
      source  = "bahriya-rs/bahriya"
      version = "~> 0.4"
    }
  }
}

# Everything comes from the environment: BAHRIYA_TOKEN and BAHRIYA_ORGANISATION_ID.
# Keep the token there. The other arguments may be written here.
provider "bahriya" {}
