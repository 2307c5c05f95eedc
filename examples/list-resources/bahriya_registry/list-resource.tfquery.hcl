list "bahriya_registry" "all" {
  provider = bahriya
}
