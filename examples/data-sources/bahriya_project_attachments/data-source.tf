data "bahriya_project_attachments" "shop" {
  project_handle = "shop"
}

output "attached" {
  value = data.bahriya_project_attachments.shop.registries[*].handle
}
