locals {
  image = provider::bahriya::parse_image("ghcr.io/my-org/api:1.4.0")
}

output "repository" {
  value = "${local.image.host} ${local.image.repository}, tag ${local.image.tag}"
}
