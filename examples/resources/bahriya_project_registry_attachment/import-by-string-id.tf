# If Terraform shall write the configuration (-generate-config-out), add: provider = bahriya
import {
  to = bahriya_project_registry_attachment.shop_ghcr
  id = "shop:ghcr-deploy"
}
