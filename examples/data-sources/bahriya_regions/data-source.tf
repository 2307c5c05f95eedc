data "bahriya_regions" "active" {
  status_filter = "active"
}

output "regions" {
  value = data.bahriya_regions.active.regions[*].id
}
