data "bahriya_project" "shop" {
  handle = "shop"
}

locals {
  shop_id = data.bahriya_project.shop.id
}
