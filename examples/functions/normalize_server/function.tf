output "same" {
  value = provider::bahriya::normalize_server("https://GHCR.io/") == "ghcr.io"
}
