# Asks nobody and spends nothing: what the configuration says of itself.
mock_provider "bahriya" {
  mock_resource "bahriya_registry" {
    defaults = {
      current_version = 1
    }
  }
}

variables {
  ghcr_token = "any-text"
}

run "the_registry_is_the_one_we_mean" {
  command = plan

  assert {
    condition     = bahriya_registry.ghcr.handle == "ghcr-deploy"
    error_message = "Containers name the registry by this handle."
  }

  assert {
    condition     = bahriya_registry.ghcr.server == "ghcr.io"
    error_message = "The images of this organisation are at ghcr.io."
  }
}

run "it_can_be_made" {
  assert {
    condition     = output.current_version == 1
    error_message = "A new registry starts with version 1."
  }
}
