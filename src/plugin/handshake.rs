//! The one line on stdout by which the host learns where and how to connect:
//! <https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const CORE_PROTOCOL: u8 = 1;
/// The major version of the plugin protocol that is served. Every Terraform since 1.0 offers it, and a
/// host that does not says so itself when it reads the line.
pub const PROTOCOL: u8 = 6;

/// The line, with its end. `certificate` is the DER of the server's, absent without TLS.
///
/// The seventh field exists since go-plugin 1.6. Older hosts would take it for a part of the
/// certificate, so it is written only to those that say they know it, and always denies: multiplexing
/// is for the broker, which providers do not use.
pub fn line(
    network: &str,
    address: &str,
    certificate: Option<&[u8]>,
    knows_multiplexing: bool,
) -> String {
    let certificate = certificate.map_or_else(String::new, |der| STANDARD_NO_PAD.encode(der));
    let multiplexing = if knows_multiplexing { "|false" } else { "" };
    format!("{CORE_PROTOCOL}|{PROTOCOL}|{network}|{address}|grpc|{certificate}{multiplexing}\n")
}

/// What a person reads who runs the program by hand.
pub fn not_a_host(name: &str) -> String {
    format!(
        "{name} is a Terraform plugin: Terraform or OpenTofu starts it, and it does nothing on its own.\n\
         Name the provider in required_providers and run terraform, or see {name} --help.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_encoded_without_padding() {
        let line = line("unix", "/tmp/s", Some(&[0xfb, 0xff]), false);
        assert_eq!(line, "1|6|unix|/tmp/s|grpc|+/8\n");
    }

    #[test]
    fn without_tls_the_field_is_empty() {
        let line = line("tcp", "127.0.0.1:10000", None, false);
        assert_eq!(line, "1|6|tcp|127.0.0.1:10000|grpc|\n");
    }

    #[test]
    fn the_seventh_field_is_for_hosts_that_know_it() {
        assert_eq!(
            line("unix", "/s", Some(&[0]), true),
            "1|6|unix|/s|grpc|AA|false\n"
        );
    }
}
