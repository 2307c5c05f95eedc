import {
  to = bahriya_registry.ghcr
  id = "ghcr-deploy" # or the UUID
}
