//! The page of messages, from the catalogue of findings.

use terraform_provider_bahriya::findings::SUBJECTS;

/// Every finding under its subject.
pub fn markdown() -> String {
    let mut page = String::new();
    for (subject, findings) in SUBJECTS {
        page += &format!("## {subject}\n\n");
        let mut findings = findings.to_vec();
        findings.sort_by_key(|finding| finding.title.trim_start_matches(['"', '{']));
        for finding in findings {
            let [title, cause, cure] = [finding.title, finding.cause, finding.cure].map(shown);
            page += &format!(
                "### {title}\n\n`{}`\n\n**Cause:** {cause}\n\n**What to do:** {cure}\n\n",
                finding.name
            );
        }
    }
    page
}

/// A text with what differs in italics.
fn shown(text: &str) -> String {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let text = text.replace("`{", "{").replace("}`", "}");
    let text = text.replace(['{', '}'], "*");
    text.replace('\u{1}', "{").replace('\u{2}', "}")
}
