# Any backend that locks will do. The other settings are given at init, by TF_CLI_ARGS_init in the pipeline.
terraform {
  backend "s3" {
    use_lockfile = true
  }
}
