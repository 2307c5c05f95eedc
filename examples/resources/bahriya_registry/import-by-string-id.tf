# If Terraform shall write the configuration (-generate-config-out), add: provider = bahriya
import {
  to = bahriya_registry.ghcr
  id = "ghcr-deploy" # or the UUID
}
