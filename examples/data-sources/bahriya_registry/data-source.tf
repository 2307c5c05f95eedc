data "bahriya_registry" "ghcr" {
  handle = "ghcr-deploy"
}

output "versions" {
  value = {
    for version in data.bahriya_registry.ghcr.versions :
    version.version => version.username
  }
}

output "projects" {
  value = data.bahriya_registry.ghcr.projects[*].handle
}
