# Of every project.
list "bahriya_project_registry_attachment" "all" {
  provider = bahriya
}

# Of one project.
list "bahriya_project_registry_attachment" "shop" {
  provider = bahriya

  config {
    project_id = "48e6b0aa-bb03-4e60-94bd-9da6584ede18"
  }
}
