data "bahriya_registries" "all" {}

output "handles" {
  value = data.bahriya_registries.all.registries[*].handle
}
