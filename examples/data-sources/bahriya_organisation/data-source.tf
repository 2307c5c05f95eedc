data "bahriya_organisation" "this" {}

output "organisation" {
  value = "${data.bahriya_organisation.this.name}, as ${data.bahriya_organisation.this.role}"
}
