# Any backend with locking will do. Its settings are given at init, by TF_CLI_ARGS_init in the pipeline.
terraform {
  backend "s3" {}
}
