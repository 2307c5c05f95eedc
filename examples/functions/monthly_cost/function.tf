data "bahriya_project" "shop" {
  handle = "shop"
}

data "bahriya_project" "lab" {
  handle = "lab"
}

# One registry, attached to two projects.
output "dollars_a_month" {
  value = provider::bahriya::monthly_cost([
    length(data.bahriya_project.shop.regions),
    length(data.bahriya_project.lab.regions),
  ])
}
