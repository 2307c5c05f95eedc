# The UUID of a project is hard to come by; its handle is not.
data "bahriya_project" "shop" {
  handle = "shop"
}

output "project_id" {
  value = data.bahriya_project.shop.id
}
