# The project by its UUID or its handle, a colon, and the handle of the registry.
terraform import bahriya_project_registry_attachment.shop_ghcr shop:ghcr-deploy
