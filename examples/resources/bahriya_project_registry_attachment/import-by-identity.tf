# If Terraform shall write the configuration (-generate-config-out), add: provider = bahriya
import {
  to = bahriya_project_registry_attachment.shop_ghcr
  identity = {
    project_id = "48e6b0aa-bb03-4e60-94bd-9da6584ede18"
    handle     = "ghcr-deploy"
  }
}
