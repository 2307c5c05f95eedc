import {
  to = bahriya_project_registry_attachment.shop_ghcr
  id = "shop:ghcr-deploy"
}
