data "bahriya_region" "helsinki" {
  id = "helsinki-1"
}

output "city" {
  value = data.bahriya_region.helsinki.city
}
