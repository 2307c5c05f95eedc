# By handle, or by UUID.
terraform import bahriya_registry.ghcr ghcr-deploy
