//! The catalogue of findings, for tests that hold on to the name of what is found and not to its words.

use terraform_provider_bahriya::findings::SUBJECTS;

/// The name of the finding that has this title.
///
/// # Panics
/// None has: the provider says something that its catalogue does not list.
#[track_caller]
pub fn name_of(title: &str) -> &'static str {
    match find(title) {
        Some(name) => name,
        None => panic!("{title:?} is not in the catalogue of findings"),
    }
}

/// The same for a title that may be one of Terraform itself.
pub fn find(title: &str) -> Option<&'static str> {
    let all = SUBJECTS.iter().flat_map(|(_, findings)| findings.iter());
    let fits = all.filter_map(|finding| Some((fit(finding.title, title)?, finding.name)));
    fits.max().map(|(_, name)| name)
}

/// How much of a title is what the finding always says; nothing if it is not its title.
fn fit(template: &str, title: &str) -> Option<usize> {
    let mut said = template.split('{').enumerate().map(|(position, part)| {
        match (position, part.split_once('}')) {
            (0, _) => part,
            (_, Some((_, said))) => said,
            (_, None) => panic!("{template:?} has an open brace"),
        }
    });
    let first = said.next()?;
    let mut rest = title.strip_prefix(first)?;
    let mut length = first.len();
    let mut ends = template.len() == first.len() && rest.is_empty();
    for part in said {
        // The last part ends the title, the others stand wherever they come first.
        ends = rest.ends_with(part);
        rest = &rest[rest.find(part)? + part.len()..];
        length += part.len();
    }
    ends.then_some(length)
}
