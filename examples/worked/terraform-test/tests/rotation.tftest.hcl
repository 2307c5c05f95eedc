# Asks a real API, so that each run makes registries and deletes them at its end. Their handles are spent then:
# each run needs new ones.
variables {
  handle     = "test-${formatdate("YYYYMMDD-hhmmss", timestamp())}"
  ghcr_token = "the-first-token"
}

run "create" {
  assert {
    condition     = output.current_version == 1
    error_message = "A new registry starts with version 1."
  }
}

run "rotate" {
  variables {
    handle        = run.create.handle
    ghcr_token    = "the-second-token"
    token_version = "2026-09"
  }

  assert {
    condition     = output.current_version == 2
    error_message = "A rotation makes one version."
  }
}
