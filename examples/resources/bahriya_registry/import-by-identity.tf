# If Terraform shall write the configuration (-generate-config-out), add: provider = bahriya
import {
  to = bahriya_registry.ghcr
  identity = {
    id = "9a1f1554-5358-48e4-8b4a-37a8c09e19b4"
  }
}
