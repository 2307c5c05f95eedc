//! The templates: text with `{{ .Value }}`, `{{ tffile "path" }}` and `{{ codefile "language" "path" }}`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What a template can name, without the leading dot.
pub type Values = BTreeMap<&'static str, String>;

/// A template file.
pub struct Template {
    path: PathBuf,
    text: String,
}

impl Template {
    /// The template of a page: its own, or the one for its folder.
    pub fn find(root: &Path, folder: &str, page: &str) -> Result<Self, Box<dyn Error>> {
        let templates = root.join("templates");
        let own = templates.join(folder).join(format!("{page}.md.tmpl"));
        let path = if own.exists() {
            own
        } else {
            templates.join(format!("{folder}.md.tmpl"))
        };
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, text })
    }

    /// The page. `{{ .Name }}` is the full name, and an example's path may contain it as `NAME`.
    pub fn fill(&self, root: &Path, name: &str, values: &Values) -> Result<String, Box<dyn Error>> {
        let mut page = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            let (action, after) = after.split_once("}}").ok_or("an unclosed {{")?;
            page.push_str(before);
            let filled = expand(root, name, action.trim(), values);
            page.push_str(
                filled
                    .map_err(|e| format!("{}: {e}", self.path.display()))?
                    .trim(),
            );
            rest = after;
        }
        page.push_str(rest);
        Ok(page)
    }
}

fn expand(root: &Path, name: &str, action: &str, values: &Values) -> Result<String, String> {
    let words: Vec<_> = action.split_whitespace().collect();
    match words.as_slice() {
        [".Name"] => Ok(name.to_owned()),
        ["tffile", path] => code(root, name, "terraform", path),
        ["codefile", language, path] => code(root, name, language.trim_matches('"'), path),
        [value] if value.starts_with('.') => values
            .get(&value[1..])
            .cloned()
            .ok_or_else(|| format!("there is no {value}")),
        _ => Err(format!("\"{action}\" is not understood")),
    }
}

fn code(root: &Path, name: &str, language: &str, path: &str) -> Result<String, String> {
    let path = path.trim_matches('"').replace("NAME", name);
    let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
    Ok(format!("```{language}\n{}\n```", text.trim()))
}
