# What the official provider manages. It needs no `provider` argument.
resource "bahriya_project" "shop" {
  handle  = "shop-front"
  name    = "Shop"
  regions = ["falkenstein-1"]
}

locals {
  shop_id = bahriya_project.shop.id
}
