data "bahriya_projects" "all" {}

output "project_ids" {
  value = { for project in data.bahriya_projects.all.projects : project.handle => project.id }
}
