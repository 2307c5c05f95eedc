# Any backend with locking will do. Its settings are given at init: -backend-config=…
terraform {
  backend "s3" {}
}
